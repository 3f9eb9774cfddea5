"""How seals follow each other, and how far a seal that does not fit its rows can still be trusted."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from services.points.domain.seals import GENESIS, Head, RowName, Seal, named_prints
from services.points.domain.seals_compare import Difference, altered_columns, differences

SEAL_ALTERED, SEAL_MISSING, SEAL_REBUILT, PRINT_ALTERED = (
    "seal_altered",
    "seal_missing",
    "seal_rebuilt",
    "print_altered",
)
PRINTS = ("journal_prints", "entry_prints", "record_prints")
Finding = dict[str, Any]


def is_whole(seal: Seal) -> bool:
    """It says what it said when its hash was made."""
    return seal.own_hash() == seal.hash


def broken_links(previous: Seal | None, seal: Seal, first_block: int) -> Iterator[Finding]:
    """Between a seal and the one before it. ``previous`` is None for the first of the chain, or if it is missing."""
    expected = previous.block + 1 if previous else first_block
    for block in range(expected, seal.block):
        yield {"what": SEAL_MISSING, "block": block}
    if expected < seal.block or not is_whole(seal):
        return
    if previous is None:
        if seal.block == 1 and (seal.prev, seal.first_journal) != (GENESIS, 1):
            yield {"what": SEAL_REBUILT, "block": 1}
    elif is_whole(previous) and seal.prev != previous.hash:
        yield {"what": SEAL_REBUILT, "block": previous.block}
    elif is_whole(previous) and seal.first_journal != previous.last_journal + 1:
        yield {"what": SEAL_REBUILT, "block": seal.block}


def bounds(seal: Seal, previous: Seal | None, following: Seal | None) -> tuple[int, int]:
    """The journals that a block covers: what it says itself if it is whole, else what its neighbours leave to it."""
    if is_whole(seal):
        return seal.first_journal, seal.last_journal
    first = head_before(seal, previous).last_journal + 1
    return first, following.first_journal - 1 if following else seal.last_journal


def head_before(seal: Seal, previous: Seal | None) -> Head:
    """What the seal follows; where that is missing, what it says itself."""
    if previous:
        return Head(previous.block, previous.last_journal, previous.hash)
    return Head() if seal.block == 1 else Head(seal.block - 1, seal.first_journal - 1, seal.prev)


def judged(seal: Seal, rebuilt: Seal, following: Seal | None) -> Iterator[Finding | Difference]:
    """A block that is not as it was. ``rebuilt`` is the seal that its rows would get now in the same place."""
    if rebuilt.hash == seal.hash or (following and rebuilt.hash == following.prev):  # the rows are as they were
        yield {"what": SEAL_ALTERED, "block": seal.block, "columns": altered_columns(seal, rebuilt)}
        for row in _rows_with_other_prints(seal, rebuilt):
            yield Difference(PRINT_ALTERED, row, row.account_id)
        return
    if not is_whole(seal):
        yield {"what": SEAL_ALTERED, "block": seal.block, "columns": []}
    rows = list(_rows_that_differ(seal, rebuilt))
    if is_whole(seal) and not rows:
        yield {"what": SEAL_REBUILT, "block": seal.block}
    yield from rows


def _rows_with_other_prints(seal: Seal, rebuilt: Seal) -> Iterator[RowName]:
    if any(len(getattr(seal, kind)) != len(getattr(rebuilt, kind)) for kind in PRINTS):
        return
    said = replace(rebuilt, **{kind: getattr(seal, kind) for kind in PRINTS})
    for (row, true_print), (_, stored) in zip(named_prints(rebuilt), named_prints(said), strict=True):
        if true_print != stored:
            yield row


def _rows_that_differ(seal: Seal, rebuilt: Seal) -> Iterator[Difference]:
    try:
        sealed = list(named_prints(seal))
    except ValueError:  # of what cannot be read nothing can be told but that it was damaged, which is said
        return
    yield from differences(sealed, named_prints(rebuilt))
