"""Cash that is paid at the door: for which goods, and what stands against it. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.orders import contract
from services.orders.domain.parts import parts_of
from services.orders.domain.promises import Credit, Promised

NOT_CARRIED_ALONE, CREDIT_UNKNOWN = "not_carried_alone", "credit_not_known_now"
NOT_COLLECTED_THERE, CARRIERS_UNKNOWN = "no_carrier_collects_there", "carriers_not_known_now"


def is_carried_alone(order: Mapping[str, Any]) -> bool:
    """One merchant's goods, all of them there and carried: one parcel, at whose door all the cash is collected."""
    lines = order["lines"]
    parts = [part for line in lines for part in parts_of(line)]
    has_one_sender = len({line["merchant_id"] for line in lines}) == 1
    is_there = not any(line.get("presale") for line in lines)
    return has_one_sender and is_there and all(part["delivery"] == contract.PARCEL for part in parts)


def objections(orders: Iterable[Mapping[str, Any]], credit: Credit | None, promised: Promised) -> list[str]:
    """All that stands against paying these orders' quotes at the door; nothing, if it is offered."""
    paid = [order for order in orders if order["cash_fen"]]
    against = [] if all(is_carried_alone(order) for order in paid) else [NOT_CARRIED_ALONE]
    if credit is None:
        return [*against, CREDIT_UNKNOWN]
    return against + credit.objections(promised, sum(order["cash_fen"] for order in paid), len(paid))
