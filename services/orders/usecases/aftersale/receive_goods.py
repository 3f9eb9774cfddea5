"""Goods came back: each piece is accepted or rejected; what is accepted and can be sold again goes into the stock."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.aftersale.units import elements_of
from services.orders.storage.cases import change_units, units_of
from services.orders.storage.queries import lines_of
from services.orders.usecases.aftersale.look_up_cases import view_of_case
from services.orders.usecases.aftersale.move_case import decided, end_case, known_case, move_case, require_there
from services.orders.usecases.aftersale.refund_case import give_back_pieces
from services.orders.usecases.aftersale.telling import tell, tell_decided
from services.orders.usecases.move_order import move_on


def receive_goods(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """A rejected piece is free for another case; with none accepted the case is rejected."""
    order, case = known_case(work, request)
    require_there(case, "accept")
    verdicts = verdicts_on(units_of(work, [case.case_id])[case.case_id], request["units"])
    case = settle_goods(work, order, case, verdicts, request)
    move_on(work, order)
    return view_of_case(work, case)


def verdicts_on(units: list[sa.Row], told: list[dict[str, Any]]) -> list[tuple[sa.Row, dict[str, Any]]]:
    """Each piece with what was said of it; refuses if not each was told of once."""
    known = {(unit.line_no, unit.unit_no): unit for unit in units}
    places = [(one["line_no"], one["unit_no"]) for one in told]
    if sorted(places) != sorted(known):
        raise Refused(contract.CASE_UNITS_WRONG, "say of every piece once what became of it", units=sorted(known))
    return [(known[place], one) for place, one in zip(places, told, strict=True)]


def settle_goods(
    work: Work, order: sa.Row, case: sa.Row, verdicts: list[tuple[sa.Row, dict[str, Any]]], request: dict[str, Any]
) -> sa.Row:
    accepted = [unit for unit, told in verdicts if told["is_accepted"]]
    rejected = [unit for unit, told in verdicts if not told["is_accepted"]]
    note_verdicts(work, case, accepted, "accepted", claims=True)
    note_verdicts(work, case, rejected, "rejected", claims=False)
    because, place = request["reason"], {"place_id": request["place_id"]}
    if not accepted:
        tell_decided(work, case, "goods_rejected", because)
        return end_case(work, case, "reject", "rejected", **place, **decided(work, because))
    tell_decided(work, case, "goods_accepted", because)
    event = "accept_exchange" if case.kind == contract.EXCHANGE else "accept"
    case = move_case(work, case, event, due_at=work.now, **place, **decided(work, because))
    tell_of_stock(work, case, [unit for unit, told in verdicts if told["is_accepted"] and told["to_stock"]])
    return give_back_pieces(work, order, case) if case.status == "refunding" else case


def note_verdicts(work: Work, case: sa.Row, units: list[sa.Row], verdict: str, claims: bool) -> None:
    change_units(work, case.case_id, [(u.line_no, u.unit_no) for u in units], verdict=verdict, claims=claims)


def tell_of_stock(work: Work, case: sa.Row, units: list[sa.Row]) -> None:
    lines = [dict(row._mapping) for row in lines_of(work, [case.order_id])[case.order_id]]
    if elements := elements_of(lines, units):
        tell(work, contract.GOODS_RECEIVED, case, elements=elements)
