"""The chain of seals recomputed from the rows under it. What is not as it was sealed is named, row by row."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice

from services.chassis.clock import local_date, start_of_day
from services.chassis.data.work import Works
from services.points.domain.seals import Head, Seal
from services.points.domain.seals_chain import Finding, broken_links
from services.points.storage import rules, seals
from services.points.usecases.progress import Progress
from services.points.usecases.verify_checkpoints import checkpoints_that_differ
from services.points.usecases.verify_ledger_rows import altered_rows

MOST_NAMED = 1000  # findings; of blocks beyond that only the number is told
HEAD_DIFFERS, HEAD_MISSING, MORE = "head_differs", "head_missing", "more"


@dataclass
class Verified:
    """``head`` is where the chain ends; ``findings`` are dicts with "what" and what is needed to find it."""

    head: Head
    blocks: int = 0
    journals: int = 0
    entries: int = 0
    records: int = 0
    findings: list[Finding] = field(default_factory=list)

    def name(self, found: Iterable[Finding]) -> None:
        """``found`` too, as far as there is room; of the rest, that there is more."""
        room = max(MOST_NAMED - len(self.findings), 0)
        some = list(islice(found, room + 1))
        self.findings += some[:room] + [{"what": MORE}] * (len(some) > room)


def verify_ledger(
    works: Works, progress: Progress, first_block: int = 1, known_heads: Mapping[int, str] | None = None
) -> Verified:
    """From ``first_block`` on. ``known_heads`` {block: hash} were written down outside, where nobody here can write;
    checkpoints know heads, too."""
    with works.begin() as work:
        verified = Verified(seals.head_of_chain(work))
    previous = _seal_at(works, first_block - 1)
    for seal, following in _chain(works, first_block, verified.head.block):
        verified.findings += broken_links(previous, seal, first_block)
        with works.begin() as work:
            verified.findings += altered_rows(work, seal, previous, following, MOST_NAMED - len(verified.findings))
        verified.blocks, verified.journals = verified.blocks + 1, verified.journals + seal.journals
        verified.entries, verified.records = verified.entries + seal.entries, verified.records + seal.records
        progress("verified", seal.block - first_block + 1, verified.head.block - first_block + 1)
        previous = seal
    with works.begin() as work:
        wrong, signed_heads = checkpoints_that_differ(work)
    verified.findings += wrong
    verified.findings += _heads_that_differ(works, {**signed_heads, **(known_heads or {})})
    return verified


def first_block_of_last_days(works: Works) -> int | None:
    """Of the days that are verified every night; None if nothing was sealed since."""
    with works.begin() as work:
        today = local_date(work.now)
        since = start_of_day(today - timedelta(days=rules.setting(work, "verify_days", today)))
        return seals.first_block_since(work, since)


def _seal_at(works: Works, block: int) -> Seal | None:
    with works.begin() as work:
        found = seals.seal_from(work, block)
    return found if found and found.block == block else None


def _chain(works: Works, first_block: int, last_block: int) -> Iterator[tuple[Seal, Seal | None]]:
    """Every seal of the range with the one behind it."""
    with works.begin() as work:
        seal = seals.seal_from(work, first_block)
    while seal and seal.block <= last_block:
        with works.begin() as work:
            following = seals.seal_from(work, seal.block + 1)
        yield seal, following
        seal = following


def _heads_that_differ(works: Works, known_heads: Mapping[int, str]) -> Iterator[Finding]:
    """Whoever rebuilds a block rebuilds all behind it: from the last head that fits on, nothing can be trusted."""
    fits = 0
    for block in sorted(known_heads):
        seal = _seal_at(works, block)
        if seal is None:
            yield {"what": HEAD_MISSING, "block": block, "known": known_heads[block]}
        elif known_heads[block] in (seal.hash.hex(), seal.own_hash().hex()):  # altered is another thing, and told
            fits = block
        else:
            yield {
                "what": HEAD_DIFFERS,
                "block": block,
                "known": known_heads[block],
                "found": seal.hash.hex(),
                "rebuilt_from": fits + 1,
            }
