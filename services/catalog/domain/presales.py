"""Goods that are sold before they are there: who may still buy of a quota, and in which order it is served."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.catalog.contract import (
    PARCEL,
    PRESALE_BACKDATED,
    PRESALE_NOT_CARRIED,
    PRESALE_NOT_OPEN,
    PRESALE_OVER,
    PRESALE_OVERLAPS,
    PRESALE_UNKNOWN,
    QUOTA_REACHED,
    QUOTA_TAKEN,
)
from services.catalog.domain.composition import Part
from services.chassis.clock import local_date
from services.chassis.refusal import Refused

OPEN, CANCELLED = "open", "cancelled"


@dataclass(frozen=True)
class Presale:
    """``taken`` of ``quota`` pieces are held or sold, ``allotted`` of these have got real units."""

    presale_id: str
    sku_id: str
    status: str
    begins_at: datetime
    ends_at: datetime
    ships_from: date
    quota: int
    taken: int = 0
    allotted: int = 0
    version: int = 1

    @property
    def left(self) -> int:
        return self.quota - self.taken

    def sells_at(self, now: datetime) -> bool:
        return self.status == OPEN and self.begins_at <= now < self.ends_at

    def overlaps(self, other: "Presale") -> bool:
        """Two that sell the same SKU at once; one that is cancelled sells nothing."""
        are_open = self.status == other.status == OPEN and self.presale_id != other.presale_id
        return are_open and self.begins_at < other.ends_at and other.begins_at < self.ends_at


def pieces_by_presale(lines: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    """Pieces by (pre-sale, SKU), sorted; empty for goods that are there."""
    pieces: Counter[tuple[str, str]] = Counter()
    for line in lines:
        if line.get("presale_id"):
            pieces[line["presale_id"], line["sku_id"]] += line["quantity"]
    return dict(sorted(pieces.items()))


def check_open(presales: Mapping[str, Presale], wanted: Mapping[tuple[str, str], int], now: datetime) -> None:
    """Refuses what is not sold now, or not of this SKU."""
    for presale_id, sku_id in wanted:
        known = presales.get(presale_id)
        if known is None or known.sku_id != sku_id:
            raise Refused(PRESALE_UNKNOWN, "no such pre-sale of this SKU", presale_id=presale_id)
        if not known.sells_at(now):
            raise Refused(PRESALE_NOT_OPEN, "this pre-sale does not sell now", presale_id=presale_id)


def check_left(presales: Mapping[str, Presale], wanted: Mapping[str, int]) -> None:
    """Refuses with every pre-sale that has too little left."""
    short = [(presales[one], pieces) for one, pieces in wanted.items() if presales[one].left < pieces]
    if short:
        named = [
            {"presale_id": one.presale_id, "sku_id": one.sku_id, "wanted": pieces, "left": one.left}
            for one, pieces in short
        ]
        raise Refused(QUOTA_REACHED, "more than is left of the pre-sale", presales=named)


def check_plan(planned: Presale, others: Iterable[Presale], now: datetime) -> None:
    """Refuses a pre-sale, new or changed, that cannot be kept."""
    if planned.ends_at <= max(now, planned.begins_at):
        raise Refused(PRESALE_BACKDATED, "it is to end in the future, after it begins")
    if planned.ships_from < local_date(planned.begins_at):
        raise Refused(PRESALE_BACKDATED, "it cannot be sent before it is sold")
    if planned.left < 0:
        raise Refused(QUOTA_TAKEN, "more is sold already", taken=planned.taken)
    if overlapping := [one.presale_id for one in others if planned.overlaps(one)]:
        raise Refused(PRESALE_OVERLAPS, "there is a pre-sale of this SKU then", presale_ids=overlapping)


def check_not_over(presale: Presale) -> None:
    if presale.status != OPEN:
        raise Refused(PRESALE_OVER, "it was cancelled before", presale_id=presale.presale_id)


def check_carried(sku_id: str, parts: Sequence[Part]) -> None:
    """A code is out at once or not at all: only what is carried can come later."""
    if any(part.delivery != PARCEL for part in parts):
        raise Refused(PRESALE_NOT_CARRIED, "only what is carried is sold before it is there", sku_id=sku_id)
