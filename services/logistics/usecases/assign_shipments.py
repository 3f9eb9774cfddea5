"""Finding carriers for shipments that have none, or whose carrier cannot serve them."""

from datetime import timedelta
from typing import Any

import structlog

from services.chassis.data.work import Work, Works
from services.logistics.domain.carriers import assign
from services.logistics.storage.carriers import all_carriers, failing_carriers
from services.logistics.storage.locks import shipments_to_assign, shipments_to_divert
from services.logistics.storage.shipments import give_to_carrier

BATCH = 50
LOOK_AGAIN = timedelta(seconds=30)
log = structlog.get_logger(__name__)


def assign_waiting_shipments(works: Works) -> bool:
    """True when a full batch found carriers: there may be more. Those nobody carries look again later."""
    with works.begin() as work:
        waiting = shipments_to_assign(work, BATCH)
        if not waiting:
            return False
        carriers, failing = all_carriers(work), failing_carriers(work, failures=1)
        for row in waiting:
            avoid = {*row.tried_carriers, *failing}
            assignment = assign(carriers, row.recipient["province"], avoid, row.collect_fen)
            due_at = work.now if assignment.code else work.now + LOOK_AGAIN
            give_to_carrier(work, row, assignment, due_at)
    return len(waiting) == BATCH


def divert_from(work: Work, code: str, failures: int) -> None:
    """Give what ``code`` surely has not booked to other carriers that have not failed ``failures`` times in a row."""
    for row in shipments_to_divert(work, code, BATCH):
        divert(work, row, failures)


def divert(work: Work, row: Any, failures: int) -> bool:
    """False when no other carrier is left to try; the shipment then stays where it is."""
    avoid = {row.carrier, *row.tried_carriers, *failing_carriers(work, failures)}
    assignment = assign(all_carriers(work), row.recipient["province"], avoid, row.collect_fen)
    if assignment.code is None or assignment.code in avoid:
        return False
    give_to_carrier(work, row, assignment, work.now)
    log.info("shipment_diverted", shipment=row.id, away_from=row.carrier, to=assignment.code)
    return True
