"""Points and coins of a case go back to the buckets that they came from: points is asked until it says so."""

import sqlalchemy as sa
import structlog

from services.chassis.bus.faults import RpcFault
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Reply
from services.orders.domain.tenders import TenderEvent
from services.orders.storage.case_refunds import refunds_of_cases
from services.orders.storage.locks import lock_case
from services.orders.storage.tenders import record_tender_event, tenders_of_orders
from services.orders.storage.writes import add_fact
from services.orders.usecases.aftersale.move_case import hold_up
from services.orders.usecases.aftersale.refund_case import settle_refunded_cases
from services.orders.usecases.ask_points import UNIT_OF
from services.orders.usecases.move_order import move_on
from services.points import contract as points

log = structlog.get_logger(__name__)


def ask_points_back(works: Works, case_id: str) -> None:
    for wanted in works.run(lambda work, _: open_refunds(work, case_id), {}):
        ask_refund(works, wanted)


def ask_refund(works: Works, wanted: sa.Row) -> None:
    asked = {
        "request_id": wanted.reference,
        "order_id": wanted.order_id,
        "unit": UNIT_OF[wanted.kind],
        "points": wanted.amount,
        "reason": "after_sale",
    }
    try:
        reply = works.rpc.ask(points.REFUND_POINTS, asked)
    except RpcFault as fault:
        problem = str(fault) or type(fault).__name__
        log.warning("points_not_given_back_yet", case_id=wanted.case_id, problem=problem)
        works.run(lambda work, _: hold_up(work, wanted.case_id, "refunding", problem), {})
        return
    works.run(lambda work, _: conclude(work, wanted, reply), {})


def open_refunds(work: Work, case_id: str) -> list[sa.Row]:
    """What points is to be asked for; nothing before it has told that it took it."""
    wanted = [refund for refund in refunds_of_cases(work, [case_id]) if refund.kind in UNIT_OF and not refund.is_done]
    taken = {
        tender.tender_id
        for tenders in tenders_of_orders(work, [refund.order_id for refund in wanted]).values()
        for tender in tenders
        if tender.state.is_captured
    }
    return [refund for refund in wanted if refund.tender_id in taken]


def conclude(work: Work, wanted: sa.Row, reply: Reply) -> None:
    if not reply["ok"]:
        log.error("points_not_given_back", case_id=wanted.case_id, rejection=reply["rejection"])
        hold_up(work, wanted.case_id, "refunding", reply["rejection"]["code"], is_certain=True)
        return
    order, _ = lock_case(work, wanted.case_id)
    refunded = TenderEvent("refund", "succeeded", wanted.amount, wanted.reference)
    if record_tender_event(work, wanted.tender_id, refunded):
        add_fact(work, order.order_id, "points.refunded", points=wanted.amount, unit=UNIT_OF[wanted.kind])
    settle_refunded_cases(work, order)
    move_on(work, order)
