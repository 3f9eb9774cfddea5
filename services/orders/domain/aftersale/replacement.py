"""The order that brings the same goods once more. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from services.chassis.ids import derived_id
from services.orders.contract import PICK_UP
from services.orders.domain.flows.flow import PLAIN
from services.orders.domain.placing import Draft
from services.orders.domain.split import UNITS

_SAME = ("sku_id", "goods_id", "merchant_id", "price_id", "kind", "name_zh", "name_en", "line_no", "parts")


def replacement_of(
    case_id: str, order: Mapping[str, Any], lines: Iterable[Mapping[str, Any]], units: Iterable[Any]
) -> Draft:
    """Of these pieces of an order, to the same address or hall: one order for a case, always the same. It costs
    nothing, since what the pieces cost was paid before."""
    pieces = Counter(unit.line_no for unit in units)
    return Draft(
        order_id=derived_id("ord", case_id),
        purchase_id=derived_id("pur", case_id),
        member_id=order["member_id"],
        channel=order["channel"],
        language=order["language"],
        points=0,
        coins=0,
        cash_fen=0,
        provider=None,
        delivery_address=order["delivery_address"],
        pick_up_at=order["pick_up_at"],
        variant=PICK_UP if order["pick_up_at"] else PLAIN,
        lines=[_free(line, pieces[line["line_no"]]) for line in lines if pieces[line["line_no"]]],
    )


def _free(line: Mapping[str, Any], quantity: int) -> dict[str, Any]:
    costs = dict.fromkeys(UNITS.values(), 0) | {f"unit_{column}": [0] * quantity for column in UNITS.values()}
    return {**{name: line[name] for name in _SAME}, "quantity": quantity, **costs}
