"""Reservations past their time: the order is asked before anything is given up."""

from typing import Any

import structlog

from services.catalog.domain.reservations import Stage
from services.catalog.storage.policies import reservation_policy_at
from services.catalog.storage.reservations import due_reservations, extend, parts_of
from services.catalog.usecases.reservation_steps import commit_held, release_held
from services.chassis.bus.faults import RpcFault
from services.chassis.data.work import Work, Works
from services.chassis.refusal import value_of
from services.orders.contract import CHECK_ORDER

log = structlog.get_logger(__name__)
SOLD = ("confirmed", "completed")
ENDED = {"closed": Stage.PLACED, "cancelled": Stage.CONFIRMED}
NEVER_WAS = "unknown"


def settle_expired_reservations(works: Works) -> None:
    """One failing reservation does not keep the others; it stays due and is tried again."""
    with works.begin() as work:
        due = due_reservations(work, reservation_policy_at(work).settle_at_once)
    answers = works.rpc.ask_all([(CHECK_ORDER, {"order_id": order_id}) for order_id in due]) if due else []
    silent = [answer for answer in answers if isinstance(answer, RpcFault)]
    if silent:
        log.warning("orders_not_checked", how_many=len(silent), first=str(silent[0]))
    for order_id, answer in zip(due, answers, strict=True):
        if not isinstance(answer, RpcFault):
            _settle_one(works, order_id, value_of(answer)["status"])


def _settle_one(works: Works, order_id: str, order_status: str) -> None:
    try:
        works.run(settle, {"order_id": order_id, "order_status": order_status})
    except Exception:
        log.exception("reservation_not_settled", order_id=order_id)


def settle(work: Work, request: dict[str, Any]) -> None:
    """``request`` is {order_id, order_status}. A reservation that others settled meanwhile is left alone."""
    order_id, order_status = request["order_id"], request["order_status"]
    if order_status in SOLD:
        commit_held(work, order_id, parts_of(work, order_id))
    elif order_status in ENDED:
        release_held(work, order_id, "release", f"order {order_status}", ENDED[order_status])
    elif order_status == NEVER_WAS:
        release_held(work, order_id, "expire", "the order never came", Stage.PLACED)
    else:
        extend(work, order_id, work.now + reservation_policy_at(work).extension)
