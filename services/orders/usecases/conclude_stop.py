"""What became of stopping goods: whoever was asked has stopped them, or says that they are out."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
import structlog

from services.chassis.data.work import Work
from services.chassis.refusal import Reply
from services.orders.domain.flows.interpreter import taken_back, with_problem
from services.orders.storage.locks import lock_known_order
from services.orders.storage.writes import add_fact
from services.orders.usecases.move_order import go_on, move_on_with
from services.orders.usecases.plan_order import plan_of

log = structlog.get_logger(__name__)
Noting = Callable[[Work, sa.Row, dict[str, Any]], None]


def _nothing_more(_work: Work, _order: sa.Row, _told: dict[str, Any]) -> None:
    pass


def conclude_stop(
    work: Work, order_id: str, step: str, reply: Reply, out: str, note_out: Noting = _nothing_more
) -> None:
    """``out`` is the rejection that says that the goods are out: the order goes on, after ``note_out`` has noted what
    it tells. Any other one is a problem of the step."""
    order = lock_known_order(work, order_id)
    plan = plan_of(order)
    if order.status != "cancelling" or plan[step].state != "undoing":
        return
    if reply["ok"]:
        move_on_with(work, order, taken_back(plan, step, work.now))
        return
    rejection = reply["rejection"]
    if rejection["code"] == out:
        add_fact(work, order_id, "order.not_cancelled", reason=out)
        note_out(work, order, rejection["details"])
        go_on(work, lock_known_order(work, order_id))
    else:
        log.error("goods_not_stopped", order_id=order_id, step=step, rejection=rejection)
        move_on_with(work, order, with_problem(plan, step, rejection["code"]))
