"""The path of a parcel: its statuses, the usual route, and what a developer may ask for instead."""

from dataclasses import asdict, dataclass
from typing import Any

BOOKED, CANCELLED = "booked", "cancelled"


@dataclass(frozen=True)
class Step:
    """location may hold {origin} and {destination}, which stand for the cities of the waybill. collected_fen is the
    cash collected at the door, if it is to be another amount than the one booked."""

    status: str
    location: str
    remark: str
    collected_fen: int | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


STEPS = {
    "picked_up": Step("picked_up", "{origin}营业点", "快件已揽收 picked up"),
    "in_transit": Step("in_transit", "{destination}转运中心", "快件运输中 in transit"),
    "out_for_delivery": Step("out_for_delivery", "{destination}营业点", "快件派送中 out for delivery"),
    "delivered": Step("delivered", "{destination}", "已签收 delivered"),
    "delivery_failed": Step("delivery_failed", "{destination}", "派送不成功：无人在家 nobody at home"),
    "returned": Step("returned", "{origin}", "已退回寄件人 returned to the sender"),
    "lost": Step("lost", "{destination}转运中心", "快件遗失 lost"),
    "damaged": Step("damaged", "{destination}转运中心", "快件破损 damaged"),
}
REFUSED = Step("delivery_failed", "{destination}", "收件人拒收 refused by the recipient")
USUAL = ("picked_up", "in_transit", "out_for_delivery", "delivered")


def usual_steps() -> list[Step]:
    return [STEPS[status] for status in USUAL]


def planned_steps(steps: Any) -> list[Step]:
    """From ["picked_up", "lost"] or [{"status": "lost", "remark": "…", "location": "…"}]; ValueError if not known.

    "delivered" may say "collected_fen". "refused" stands for delivery_failed with the recipient's refusal as remark.
    """
    if not isinstance(steps, list):
        raise ValueError("steps must be a list")
    return [_planned(step if isinstance(step, dict) else {"status": step}) for step in steps]


def _planned(step: dict[str, Any]) -> Step:
    status = step.get("status")
    usual = REFUSED if status == "refused" else STEPS.get(str(status))
    if not usual:
        raise ValueError(f"unknown step {status!r}; there are refused, {', '.join(STEPS)}")
    said = {name: str(step.get(name, getattr(usual, name))) for name in ("location", "remark")}
    return Step(usual.status, **said, collected_fen=_collected(step.get("collected_fen")))


def _collected(amount: Any) -> int | None:
    if amount is not None and (not isinstance(amount, int) or amount < 0):
        raise ValueError("collected_fen must be a whole number of fen")
    return amount
