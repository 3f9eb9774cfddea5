"""Undoing what waits in a hall: catalog is asked to hand nothing over any more, and may say that it was."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.data.work import Work, Works
from services.orders.usecases.conclude_stop import conclude_stop
from services.orders.usecases.record_pick_up import note_hand_over

REASON = "order_cancelled"
STEP = "prepare"
log = structlog.get_logger(__name__)


def ask_hall_to_stop(works: Works, order_id: str) -> None:
    asked = {"request_id": f"{order_id}:stop_hand_over", "order_id": order_id, "reason": REASON}
    try:
        reply = works.rpc.ask(catalog.STOP_HAND_OVER, asked)
    except RpcFault as fault:
        log.warning("hand_over_not_stopped_yet", order_id=order_id, problem=str(fault))
        return
    works.run(lambda work, _: conclude_stop(work, order_id, STEP, reply, catalog.COLLECTED_BEFORE, _note_collected), {})


def _note_collected(work: Work, order: sa.Row, told: dict[str, Any]) -> None:
    """At once: else the order would turn back for the same reason again, until the event comes that says so too."""
    note_hand_over(work, order, datetime.fromisoformat(told["collected_at"]), told["counter"])
