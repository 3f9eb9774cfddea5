"""What a sealed block and the rows that are there now differ in, row by row."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.points.domain.seals import RowName, Seal

ALTERED, DELETED, INSERTED = "altered", "deleted", "inserted"
Prints = Iterable[tuple[RowName, bytes]]
_Place = tuple[int, bool, int]


@dataclass(frozen=True)
class Difference:
    """``row`` as it is there, or as it was if it is not; ``was_account`` is the account of an entry when sealed."""

    what: str
    row: RowName
    was_account: int | None = None


def differences(sealed: Prints, found: Prints) -> Iterator[Difference]:
    """By journal and seq. The same place with another print is altered; of two in one place, one was inserted."""
    before, now = _by_place(sealed), _by_place(found)
    for place in sorted(before.keys() | now.keys()):
        yield from _of_place(before.get(place, []), now.get(place, []))


def altered_columns(seal: Seal, rebuilt: Seal) -> list[str]:
    """Of a seal whose rows give ``rebuilt``."""
    return [column for column, value in vars(rebuilt).items() if getattr(seal, column) != value]


def _by_place(prints: Prints) -> dict[_Place, list[tuple[RowName, bytes]]]:
    places: dict[_Place, list[tuple[RowName, bytes]]] = defaultdict(list)
    for row, own in prints:
        places[row.journal_id, row.is_record, -1 if row.seq is None else row.seq].append((row, own))
    return places


def _of_place(before: list[tuple[RowName, bytes]], now: list[tuple[RowName, bytes]]) -> Iterator[Difference]:
    gone, new = _without(before, now), _without(now, before)
    for was, row in zip(gone, new, strict=False):
        yield Difference(ALTERED, row, was.account_id)
    for was in gone[len(new) :]:
        yield Difference(DELETED, was, was.account_id)
    for row in new[len(gone) :]:
        yield Difference(INSERTED, row)


def _without(rows: list[tuple[RowName, bytes]], others: list[tuple[RowName, bytes]]) -> list[RowName]:
    """Rows whose print none of ``others`` has; as many as there are too many of it."""
    left = [own for _, own in others]
    missing = []
    for row, own in rows:
        if own in left:
            left.remove(own)
        else:
            missing.append(row)
    return missing
