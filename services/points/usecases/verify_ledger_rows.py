"""One sealed block against the rows that are there now."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from services.chassis.clock import local_date
from services.chassis.data.work import Work
from services.points.domain.seals import FORM, FORMS, Content, Head, Seal, Sealing
from services.points.domain.seals_chain import Finding, bounds, head_before, is_whole, judged
from services.points.domain.seals_compare import Difference
from services.points.storage import seals

LOWEST = -(2**63)  # whatever was put before the first journal belongs to the first block
BLOCK_DIFFERS = "block_differs"


def altered_rows(
    work: Work, seal: Seal, previous: Seal | None, following: Seal | None, most_named: int
) -> Iterator[Finding]:
    """What is wrong with the block and its rows; of what is too much to be named, only that there is more."""
    first, last = bounds(seal, previous, following)
    if is_whole(seal) and _content_of(work, seal, first, last) == seal.content:
        return
    rebuilt = _sealed_again(work, seal, first, last, head_before(seal, previous), following)
    found = list(islice(judged(seal, rebuilt, following), max(most_named, 0) + 1))
    named = found[: max(most_named, 0)]
    yield from (each for each in named if isinstance(each, dict))
    yield from _described(work, seal, [each for each in named if isinstance(each, Difference)])
    if len(named) < len(found):
        yield {"what": BLOCK_DIFFERS, "block": seal.block}


def _content_of(work: Work, seal: Seal, first: int, last: int) -> bytes:
    content = Content()
    start = LOWEST if seal.block == 1 else first
    for row in seals.journal_lines(work, start, last):
        content.add(row[-1])
    for row in seals.entry_lines(work, start, last):
        content.add(row[-1])
    for row in seals.record_lines(work, start, last):
        content.add(row[-1])
    return content.digest()


def _sealed_again(work: Work, seal: Seal, first: int, last: int, head: Head, following: Seal | None) -> Seal:
    """In the form that was used then, whatever the seal says now."""
    block = Sealing()
    start = LOWEST if seal.block == 1 else first
    for row in seals.journal_lines(work, start, last):
        block.add_journal(*row)
    for row in seals.entry_lines(work, start, last):
        block.add_entry(*row)
    for row in seals.record_lines(work, start, last):
        block.add_record(*row)
    known = (seal.hash, following and following.prev)
    again = {form: block.after(head, last, seal.sealed_at, form) for form in FORMS}
    return next((one for one in again.values() if one.hash in known), again.get(seal.form, again[FORM]))


def _described(work: Work, seal: Seal, differences: list[Difference]) -> Iterator[Finding]:
    """With the day of the journal, or of the seal if the journal is gone, and with whose account it is."""
    days = seals.days_of_journals(work, [each.row.journal_id for each in differences])
    ids = {account for each in differences for account in (each.row.account_id, each.was_account) if account}
    accounts = seals.accounts_named(work, sorted(ids))
    for each in differences:
        row = each.row
        if row.is_record:
            yield {"what": each.what, "table": "record", "block": seal.block, "record_id": row.journal_id}
            continue
        finding: Finding = {"what": each.what, "table": "journal", "block": seal.block, "journal_id": row.journal_id}
        finding["day"] = days.get(row.journal_id, local_date(seal.sealed_at)).isoformat()
        if row.seq is not None:
            finding |= {"table": "entry", "seq": row.seq, **_account(accounts, row.account_id)}
            if each.was_account not in (None, row.account_id):
                finding["was"] = _account(accounts, each.was_account)
        yield finding


def _account(accounts: Mapping[int, dict[str, str]], account_id: int | None) -> dict[str, Any]:
    unknown = {"unit": None, "kind": None, "owner": None}
    return {"account_id": account_id, **(accounts.get(account_id, unknown) if account_id else unknown)}
