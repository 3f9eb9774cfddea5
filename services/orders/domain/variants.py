"""Which variant of flows an order follows: one at most, by a list of small rules. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.cash_on_delivery import is_carried_alone
from services.orders.domain.flows.flow import PLAIN
from services.orders.domain.parts import parts_of

Order = Mapping[str, Any]


@dataclass(frozen=True)
class Rule:
    """An order follows ``variant`` if ``applies`` says so of the request and its quote; ``is_offered`` says of the
    quote whether what is ordered can go that way."""

    variant: str
    applies: Callable[[Order, Order], bool]
    is_offered: Callable[[Order], bool]


def _is_any_to_come(_: Order, quote: Order) -> bool:
    return any(line.get("presale") for line in quote["lines"])


def _are_all_to_come(quote: Order) -> bool:
    return all(line.get("presale") for line in quote["lines"])


def _is_paid_on_delivery(request: Order, quote: Order) -> bool:
    return request["payment_provider"] == contract.ON_DELIVERY and quote["cash_fen"] > 0


def _is_picked_up(request: Order, _: Order) -> bool:
    return request["pick_up_at"] is not None


def _can_lie_in_a_hall(quote: Order) -> bool:
    """What comes in another way would be out before somebody comes, and could not be taken back."""
    return all(part["delivery"] == contract.PARCEL for line in quote["lines"] for part in parts_of(line))


def _is_any_bulk(_: Order, quote: Order) -> bool:
    return any(line.get("bulk") for line in quote["lines"])


def _are_all_bulk(quote: Order) -> bool:
    return all(line.get("bulk") for line in quote["lines"])


RULES = (
    Rule(contract.BULK, _is_any_bulk, _are_all_bulk),
    Rule(contract.PRESALE, _is_any_to_come, _are_all_to_come),
    Rule(contract.ON_DELIVERY, _is_paid_on_delivery, is_carried_alone),
    Rule(contract.PICK_UP, _is_picked_up, _can_lie_in_a_hall),
)
VARIANTS = (PLAIN, *(rule.variant for rule in RULES))


def variant_of_line(line: Mapping[str, Any]) -> str:
    """The variant that a line needs by itself; lines of different ones are different orders."""
    return contract.PRESALE if line.get("presale") else PLAIN


def variant_of(request: Order, quote: Order) -> str:
    """Raises Refused if several apply, or if what is ordered cannot go that way."""
    applying = [rule for rule in RULES if rule.applies(request, quote)]
    if len(applying) > 1 or not all(rule.is_offered(quote) for rule in applying):
        raise Refused(
            contract.COMBINATION_NOT_OFFERED,
            "these goods cannot be ordered in this way",
            variants=[rule.variant for rule in applying],
        )
    return applying[0].variant if applying else PLAIN
