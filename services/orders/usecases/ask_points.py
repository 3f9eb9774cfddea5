"""Points and coins that ought to be captured long since: their service may have parked what told it so."""

import structlog

from services.chassis.bus.faults import RpcFault
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Reply
from services.orders.domain.flows.interpreter import with_problem
from services.orders.domain.tenders import TenderEvent, tender_id_of
from services.orders.storage.locks import lock_known_order
from services.orders.storage.tenders import record_tender_event
from services.orders.storage.writes import add_fact
from services.orders.usecases.move_order import move_on, move_on_with
from services.orders.usecases.plan_order import plan_of
from services.points import contract as points

UNIT_OF = {"points": points.POINTS, "coins": points.COINS}
log = structlog.get_logger(__name__)


def ask_points_to_capture(works: Works, order_id: str, kind: str) -> None:
    unit = UNIT_OF[kind]
    asked = {"request_id": f"{order_id}:capture:{unit}", "order_id": order_id, "unit": unit}
    try:
        reply = works.rpc.ask(points.CAPTURE_HOLD, asked)
    except RpcFault as fault:
        log.warning("points_not_captured_yet", order_id=order_id, unit=unit, problem=str(fault))
        return
    works.run(lambda work, _: conclude(work, order_id, kind, reply), {})


def conclude(work: Work, order_id: str, kind: str, reply: Reply) -> None:
    order = lock_known_order(work, order_id)
    if not reply["ok"]:
        log.error("points_not_captured", order_id=order_id, kind=kind, rejection=reply["rejection"])
        move_on_with(work, order, with_problem(plan_of(order), f"settle_{kind}", reply["rejection"]["code"]))
        return
    amount = reply["value"]["points"]
    captured = TenderEvent("capture", "succeeded", amount, order_id)
    if record_tender_event(work, tender_id_of(order_id, kind), captured):
        add_fact(work, order_id, "points.hold_captured", points=amount, unit=UNIT_OF[kind])
        move_on(work, order)
