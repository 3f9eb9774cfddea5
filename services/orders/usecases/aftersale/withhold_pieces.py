"""Whoever has pieces that are called off is asked to keep them: logistics those of parcels, catalog those in halls and
codes. A no is the end of the case; after the last yes what they were sold for goes back, and catalog has the stock."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.contract import Call
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Reply
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.domain.aftersale.codes import codes_of_units, have_codes
from services.orders.domain.aftersale.units import carried_by_line, pieces_by_sku
from services.orders.storage.cases import units_of
from services.orders.storage.locks import lock_case
from services.orders.storage.queries import codes_of, lines_of
from services.orders.storage.writes import mark_voided
from services.orders.usecases.aftersale.give_back_refused import REFUSED
from services.orders.usecases.aftersale.move_case import decided, end_case, hold_up, move_case
from services.orders.usecases.aftersale.refund_case import give_back_pieces
from services.orders.usecases.aftersale.telling import tell_decided
from services.orders.usecases.record_fulfilment import follow_fulfilment
from services.orders.usecases.record_provisioning import give_up

# Who says so has the last word; any other refusal needs somebody to look.
OUT = (
    logistics.HANDED_OVER,
    catalog.COLLECTED_BEFORE,
    catalog.CODE_USED,
    catalog.CODE_VOIDED,
    catalog.CODE_NOT_FOR_COUNTER,
)
log = structlog.get_logger(__name__)
Line = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """``calls`` in their order, each only after a yes to the one before; ``codes`` are void after all of them."""

    calls: tuple[tuple[Call, dict[str, Any]], ...]
    codes: list[str]


def withhold_pieces(works: Works, case_id: str) -> None:
    """Asked again these are the same requests, whose answers are remembered."""
    wanted = works.run(lambda work, _: what_to_withhold(work, case_id), {})
    if wanted is None:
        return
    try:
        reply = _ask(works, wanted)
    except RpcFault as fault:
        problem = str(fault) or type(fault).__name__
        log.warning("pieces_not_withheld_yet", case_id=case_id, problem=problem)
        works.run(lambda work, _: hold_up(work, case_id, "withholding", problem), {})
        return
    works.run(lambda work, _: conclude(work, case_id, wanted, reply), {})


def _ask(works: Works, wanted: Wanted) -> Reply:
    for call, request in wanted.calls:
        reply = works.rpc.ask(call, request)
        if not reply["ok"]:
            break
    return reply


def what_to_withhold(work: Work, case_id: str) -> Wanted | None:
    """None while the order is being called off, or codes are still to come."""
    order, case = lock_case(work, case_id)
    if case.status != "withholding" or order.status != "confirmed":
        return None
    units = units_of(work, [case_id])[case_id]
    lines = [dict(row._mapping) for row in lines_of(work, [order.order_id])[order.order_id]]
    codes = codes_of_units(lines, codes_of(work, [order.order_id])[order.order_id], units)
    return None if codes is None else Wanted(tuple(_calls(order, case, lines, units, codes)), codes)


def _calls(
    order: sa.Row, case: sa.Row, lines: list[Line], units: list[sa.Row], codes: list[str]
) -> Iterable[tuple[Call, dict[str, Any]]]:
    asked = {"request_id": f"{case.case_id}:withhold", "order_id": order.order_id, "reason": contract.CANCEL_PART}
    carried = carried_by_line(lines, units)
    if carried and not order.pick_up_at:
        yield logistics.WITHHOLD_PIECES, {**asked, "lines": carried}
    if have_codes(lines, units):
        yield catalog.VOID_CODES, {**asked, "codes": codes}
    yield catalog.WITHHOLD_PIECES, {**asked, "pieces": pieces_by_sku(lines, units)}


def conclude(work: Work, case_id: str, wanted: Wanted, reply: Reply) -> None:
    """Of an order that is being called off the case waits until it is known whether it was."""
    order, case = lock_case(work, case_id)
    if case.status != "withholding" or order.status != "confirmed":
        return
    if reply["ok"]:
        _give_back(work, order, case, wanted.codes)
    elif (code := reply["rejection"]["code"]) in OUT:
        _reject(work, order, case, f"the pieces are out: {code}")
    else:
        log.error("pieces_not_withheld", case_id=case_id, rejection=reply["rejection"])
        hold_up(work, case_id, "withholding", code, is_certain=True)


def _give_back(work: Work, order: sa.Row, case: sa.Row, codes: list[str]) -> None:
    """The order may be delivered by that: nothing else of it was missing."""
    if codes:
        mark_voided(work, order.order_id, codes)
    decision = contract.NOT_PROVIDED if case.reason == REFUSED else "approved"
    tell_decided(work, case, decision, case.note[:200])
    give_back_pieces(work, order, move_case(work, case, "withheld", due_at=work.now))
    follow_fulfilment(work, order, work.now)


def _reject(work: Work, order: sa.Row, case: sa.Row, because: str) -> None:
    tell_decided(work, case, "rejected", because)
    end_case(work, case, "went_out", "rejected", **decided(work, because))
    order = follow_fulfilment(work, order, work.now)
    if case.reason == REFUSED:
        give_up(work, order)
