"""When the completing job should look after a confirmed order."""

from datetime import datetime

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.storage.terms import terms_in_force


def due_when_confirmed(work: Work, order: sa.Row, fulfilment: str) -> datetime | None:
    """Some days after delivery; never while something is still on its way or came back."""
    if fulfilment != "delivered":
        return None
    return terms_in_force(work).complete_by(order.delivered_at or work.now)
