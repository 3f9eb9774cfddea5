"""Events of orders that do not exist."""

import structlog

from services.chassis.data.work import ReceivedEvent

log = structlog.get_logger(__name__)


def note_unknown_order(event: ReceivedEvent) -> None:
    """Usual for the holds of a placing that was refused or given up; anything else is worth a look. There is nothing
    to change, and trying again would not make the order exist: it was committed before anybody heard of it."""
    log.info("event_of_unknown_order", type=event.type, event_id=event.id, order_id=event.data["order_id"])
