"""How much of something one member may get in a period."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.catalog.contract import CAMPAIGN, DAY, LIMIT_REACHED, MONTH
from services.catalog.domain.composition import WantedPart, pieces_by_sku, units_by_element
from services.chassis.clock import start_of_day
from services.chassis.refusal import Refused
from services.chassis.schemas import to_wire

WHOLE_TIME = date.min  # what a campaign or all of time is counted under
_LONGER_THAN_A_MONTH = timedelta(days=31)


@dataclass(frozen=True)
class Limit:
    """``most`` pieces of goods or of a SKU, or units of an element; a campaign lasts until ``window_until``."""

    limit_id: str
    subject: str
    period: str
    most: int
    window_until: datetime | None = None

    def period_start(self, today: date) -> date:
        """The calendar day (China) under which what is taken today is counted."""
        return {DAY: today, MONTH: today.replace(day=1)}.get(self.period, WHOLE_TIME)

    def ends_at(self, today: date) -> datetime | None:
        """When counting begins anew, or the campaign ends; None: never."""
        if self.period == DAY:
            return start_of_day(today + timedelta(days=1))
        if self.period == MONTH:
            return start_of_day((today.replace(day=1) + _LONGER_THAN_A_MONTH).replace(day=1))
        return self.window_until if self.period == CAMPAIGN else None


@dataclass(frozen=True, order=True)
class Use:
    """What an order takes of a limit; uses are taken and given back in sorted order."""

    limit_id: str
    period_start: date
    quantity: int
    most: int


def quantities_wanted(parts: Sequence[WantedPart], goods_of_skus: Mapping[str, str]) -> dict[str, int]:
    """By subject: pieces of SKUs and of their goods, units of elements."""
    pieces = pieces_by_sku(parts)
    of_goods: Counter[str] = Counter()
    for sku_id, goods_id in goods_of_skus.items():
        of_goods[goods_id] += pieces[sku_id]
    return {**units_by_element(parts), **pieces, **of_goods}


def uses_of(limits: Iterable[Limit], wanted: Mapping[str, int], today: date) -> list[Use]:
    """Sorted: one order in which rows are locked, whatever the basket."""
    return sorted(
        Use(limit.limit_id, limit.period_start(today), wanted[limit.subject], limit.most)
        for limit in limits
        if wanted.get(limit.subject)
    )


def pieces_left(limits: Iterable[Limit], of_a_piece: Mapping[str, int], used: Mapping[str, int]) -> int | None:
    """How many pieces a member may still get; ``of_a_piece`` says how much of each subject is in one, ``used`` by limit
    id what they had before. None: nothing limits it."""
    left = [
        (limit.most - used.get(limit.limit_id, 0)) // of_a_piece[limit.subject]
        for limit in limits
        if of_a_piece.get(limit.subject)
    ]
    return max(min(left), 0) if left else None


def limit_reached(limits: Iterable[Limit], beyond: Iterable[Use], used: Mapping[str, int], today: date) -> Refused:
    """Names every limit that ``beyond`` goes beyond; ``used`` by limit id: what the member had before."""
    known = {limit.limit_id: limit for limit in limits}
    named = [_reached(known[use.limit_id], use, used.get(use.limit_id, 0), today) for use in beyond]
    return Refused(LIMIT_REACHED, "more than a member may get", limits=named)


def _reached(limit: Limit, use: Use, used: int, today: date) -> dict[str, Any]:
    ends_at = limit.ends_at(today)
    said = {"limit_id": limit.limit_id, "subject": limit.subject, "period": limit.period, "most": limit.most}
    return {**said, "used": used, "wanted": use.quantity, "ends_at": ends_at and to_wire(ends_at)}
