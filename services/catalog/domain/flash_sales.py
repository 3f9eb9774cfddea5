"""Flash sales: who may take a ticket, and what becomes of tickets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from services.catalog.contract import (
    FLASH_BACKDATED,
    FLASH_MEMBER_CAP,
    FLASH_NOT_OPEN,
    FLASH_OVER,
    FLASH_OVERLAPS,
    FLASH_QUOTA_TAKEN,
    FLASH_SOLD_OUT,
    TICKET_EXPIRED,
    TICKET_UNKNOWN,
    TICKET_USED,
)
from services.catalog.domain.parcels import Level, Portion
from services.catalog.domain.prices import PriceTerm
from services.chassis.refusal import Refused
from services.chassis.transitions import Transitions

OPEN, ENDED, CANCELLED = "open", "ended", "cancelled"
LIVE, SPENT, RETURNED, EXPIRED = "live", "spent", "returned", "expired"

# ``return``: the order came to nothing before it was confirmed. ``spend_again``: it was confirmed all the same, late.
# ``revive``: there never was an order, it could not be placed: its member may try again.
TICKET = Transitions(
    name="ticket",
    initial=LIVE,
    table={
        LIVE: {"spend": SPENT, "expire": EXPIRED},
        SPENT: {"return": RETURNED, "revive": LIVE},
        RETURNED: {"spend_again": SPENT},
        EXPIRED: {},
    },
)


@dataclass(frozen=True)
class FlashSale:
    """Of ``quota`` pieces ``units_left`` have no ticket. ``price_id`` names its own way to pay."""

    sale_id: str
    sku_id: str
    price_id: str
    status: str
    points: int
    cash_fen: int
    coins: int
    starts_at: datetime
    ends_at: datetime
    quota: int
    units_left: int
    per_member: int
    ticket_s: int
    version: int = 1

    @property
    def taken(self) -> int:
        return self.quota - self.units_left

    @property
    def price(self) -> PriceTerm:
        return PriceTerm(self.price_id, self.sku_id, self.points, self.cash_fen, self.coins)

    def sells_at(self, now: datetime) -> bool:
        return self.status == OPEN and self.starts_at <= now < self.ends_at

    def overlaps(self, other: "FlashSale") -> bool:
        are_open = self.status == other.status == OPEN and self.sale_id != other.sale_id
        return are_open and self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def with_quota(self, quota: int) -> "FlashSale":
        """More or fewer pieces; those that are taken stay taken."""
        return replace(self, quota=quota, units_left=quota - self.taken)

    def ticket_until(self, now: datetime) -> datetime:
        """Also beyond the end of the sale: who got it at the last moment has time to order, too."""
        return now + timedelta(seconds=self.ticket_s)


def check_plan(planned: FlashSale, others: Iterable[FlashSale], now: datetime) -> None:
    """Refuses a sale, new or changed, that cannot be kept."""
    if planned.ends_at <= max(now, planned.starts_at):
        raise Refused(FLASH_BACKDATED, "it is to end in the future, after it starts")
    if planned.units_left < 0:
        raise Refused(FLASH_QUOTA_TAKEN, "more is taken already", taken=planned.taken)
    if overlapping := [one.sale_id for one in others if planned.overlaps(one)]:
        raise Refused(FLASH_OVERLAPS, "there is a flash sale of this SKU then", sale_ids=overlapping)


def check_not_over(sale: FlashSale) -> None:
    if sale.status != OPEN:
        raise Refused(FLASH_OVER, "this sale is over", sale_id=sale.sale_id, status=sale.status)


def why_no_ticket(sale: FlashSale, had: int, now: datetime) -> Refused | None:
    """``had``: live and spent tickets of whoever asks. Whether anything is left is another question: that changes."""
    of = {"sale_id": sale.sale_id}
    if not sale.sells_at(now):
        times = {"starts_at": sale.starts_at.isoformat(), "ends_at": sale.ends_at.isoformat()}
        return Refused(FLASH_NOT_OPEN, "this sale does not sell now", **of, **times)
    if had >= sale.per_member:
        return Refused(FLASH_MEMBER_CAP, "as many as one member may have", **of, per_member=sale.per_member)
    return None


def sold_out(sale_id: str, retry_after_s: float) -> Refused:
    what = "nothing is left; what nobody pays for comes back"
    return Refused(FLASH_SOLD_OUT, what, sale_id=sale_id, retry_after_s=round(retry_after_s, 3))


def why_not_spent(ticket: Any, member_id: str, sku_id: str, now: datetime) -> Refused | None:
    """Of a ticket as it is: {member_id, sku_id, state, expires_at}, or None. Only its member hears more than that it is
    not theirs."""
    if ticket is None or ticket["member_id"] != member_id or ticket["sku_id"] != sku_id:
        return Refused(TICKET_UNKNOWN, "no such ticket of this member for this SKU")
    if ticket["state"] in (SPENT, RETURNED):
        return Refused(TICKET_USED, "an order has used it")
    if ticket["state"] == EXPIRED or ticket["expires_at"] <= now:
        return Refused(TICKET_EXPIRED, "its time is over")
    return None


def without_owed(levels: Sequence[Level], freed: Mapping[str, int]) -> list[Level]:
    """Levels after ``freed`` units by element were let go for one order: what is owed to others does not reach them."""
    free: dict[str, int] = {}
    for level in levels:
        free[level.element_id] = free.get(level.element_id, 0) + level.free
    return [
        replace(level, owed=min(level.owed, max(0, free[level.element_id] - freed.get(level.element_id, 0))))
        for level in levels
    ]


def all_of(portions: Sequence[Portion], wanted: Mapping[str, int]) -> list[Portion]:
    """So many units by element, of those that are listed first; they are there."""
    taken, missing = [], dict(wanted)
    for portion in portions:
        if many := min(portion.quantity, missing.get(portion.element_id, 0)):
            taken.append(replace(portion, quantity=many))
            missing[portion.element_id] -= many
    if any(missing.values()):
        raise UnitsNotThere(missing)
    return sorted(taken)


class UnitsNotThere(RuntimeError):
    """Less is set aside than the sale promises: a programming fault, the transaction must roll back."""
