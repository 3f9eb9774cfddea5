"""When the completing job should look after a confirmed order."""

from datetime import datetime

from services.chassis.data.work import Work
from services.orders.storage.terms import terms_in_force


def due_when_confirmed(work: Work, delivered_at: datetime | None) -> datetime | None:
    """Some days after delivery; never while something is still on its way or came back."""
    return terms_in_force(work).complete_by(delivered_at) if delivered_at else None
