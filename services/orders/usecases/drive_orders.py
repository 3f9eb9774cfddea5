"""The interpreter's hands: orders whose time has come move on, and whoever they wait for is asked."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog

from services.chassis.data.work import Work, Works
from services.orders.storage.locks import due_orders, lock_due_order, lock_known_order
from services.orders.storage.writes import postpone_order
from services.orders.usecases.ask_catalog import ask_catalog_to_give_up
from services.orders.usecases.ask_hall import ask_hall_to_stop
from services.orders.usecases.ask_logistics import ask_logistics_to_stop
from services.orders.usecases.ask_points import ask_points_to_capture
from services.orders.usecases.ask_provider import ask_provider_to_end_trade
from services.orders.usecases.ask_provisioners import ask_provisioners, ask_provisioners_to_reverse
from services.orders.usecases.move_order import Errand, claim
from services.orders.usecases.record_pick_up import remind_to_fetch

BATCH = 8
AFTER_A_FAULT_S = 60
log = structlog.get_logger(__name__)

# Each asks outside of any transaction, however often, and notes the answer in one.
FORWARD: dict[str, Callable[[Works, str], None]] = {
    "settle_points": partial(ask_points_to_capture, kind="points"),
    "settle_coins": partial(ask_points_to_capture, kind="coins"),
    "provision": ask_provisioners,
    "hand_over": remind_to_fetch,
}
BACK: dict[str, Callable[[Works, str], None]] = {
    "take_cash": ask_provider_to_end_trade,
    "carry": ask_logistics_to_stop,
    "await_goods": ask_catalog_to_give_up,
    "provision": ask_provisioners_to_reverse,
    "prepare": ask_hall_to_stop,
}


def drive_orders(works: Works, lane: str) -> bool:
    """Works on a few orders that are due in ``lane``; true if there were any."""
    due = works.run(lambda work, _: due_orders(work, lane, BATCH), {})
    for order_id in due:
        try:
            drive_due_order(works, order_id, lane)
        except Exception:  # one that breaks must not keep the others waiting; it comes back after a while
            log.exception("order_broke", order_id=order_id)
    return bool(due)


def drive_due_order(works: Works, order_id: str, lane: str) -> None:
    """Nothing, if another replica has it."""
    try:
        errand = works.run(lambda work, _: _claim_due(work, order_id, lane), {})
    except Exception:
        works.run(lambda work, _: postpone_order(work, order_id, work.now + timedelta(seconds=AFTER_A_FAULT_S)), {})
        raise
    if errand:
        run_errand(works, order_id, errand)


def drive_order(works: Works, order_id: str) -> None:
    """At once, for somebody who waits for it."""
    errand = works.run(lambda work, _: _claim(work, order_id), {})
    if errand:
        run_errand(works, order_id, errand)


def run_errand(works: Works, order_id: str, errand: Errand) -> None:
    (BACK if errand.is_back else FORWARD)[errand.step](works, order_id)


def _claim_due(work: Work, order_id: str, lane: str) -> Errand | None:
    order = lock_due_order(work, order_id, lane)
    return claim(work, order) if order else None


def _claim(work: Work, order_id: str) -> Errand | None:
    return claim(work, lock_known_order(work, order_id))
