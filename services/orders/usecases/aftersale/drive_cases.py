"""Cases whose time has come go on, and whoever they wait for is asked."""

import sqlalchemy as sa
import structlog

from services.chassis.data.work import Work, Works
from services.orders.domain.aftersale.offering import SOLD
from services.orders.storage.locks import due_cases, lock_case
from services.orders.usecases.aftersale.ask_points_back import ask_points_back
from services.orders.usecases.aftersale.decide_case import NOBODY_SAID_NO, approve
from services.orders.usecases.aftersale.move_case import end_case, take_errand
from services.orders.usecases.aftersale.replace_goods import replace_goods
from services.orders.usecases.aftersale.void_codes import void_codes
from services.orders.usecases.aftersale.withhold_pieces import withhold_pieces
from services.orders.usecases.move_order import move_on

BATCH = 8
log = structlog.get_logger(__name__)

# Outside of any transaction, however often; each notes the answer in one.
ERRANDS = {
    "voiding": void_codes,
    "withholding": withhold_pieces,
    "refunding": ask_points_back,
    "replacing": replace_goods,
}


def drive_cases(works: Works) -> bool:
    """Works on a few cases that are due; true if there were any."""
    due = works.run(lambda work, _: due_cases(work, BATCH), {})
    for case_id in due:
        try:
            drive_case(works, case_id)
        except Exception:  # one that breaks must not keep the others waiting; its next time brings it back
            log.exception("case_broke", case_id=case_id)
    return bool(due)


def drive_case(works: Works, case_id: str) -> None:
    status = works.run(lambda work, _: claim_case(work, case_id), {})
    if status in ERRANDS:
        ERRANDS[status](works, case_id)


def claim_case(work: Work, case_id: str) -> str | None:
    """The status of a case with an errand, which nobody else gets for a while; None if there is none. Nothing is
    decided by time while the order is being called off: it takes its cases along, or goes on."""
    order, case = lock_case(work, case_id)
    if case.due_at is None or case.due_at > work.now:
        return None
    if case.status in ERRANDS or order.status not in SOLD:
        return str(take_errand(work, case).status)
    go_on_by_time(work, order, case)
    return None


def go_on_by_time(work: Work, order: sa.Row, case: sa.Row) -> None:
    if case.status == "requested":
        approve(work, order, case, NOBODY_SAID_NO)
    else:
        end_case(work, case, "withdraw", "withdrawn")
    move_on(work, order)
