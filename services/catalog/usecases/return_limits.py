"""Pieces whose money went back to the member do not count against their limits: they may have as many again, in the
period in which they had them."""

from services.catalog.storage.limits import note_return
from services.catalog.storage.locks import lock_reservation
from services.catalog.usecases.limiting import give_back_limits_of
from services.chassis.data.work import ReceivedEvent, Work
from services.orders import contract as orders

CALLED_OFF = (orders.CANCEL, orders.CANCEL_PART)


def return_limits_of_case(work: Work, event: ReceivedEvent) -> None:
    """Once for each time that a case gave something back. What was called off before it was sent gave its use back when
    it was withheld, or with the end of its order."""
    order_id, pieces = event.data["order_id"], event.data["pieces"]
    if event.data["kind"] in CALLED_OFF or not pieces or lock_reservation(work, order_id) is None:
        return
    if note_return(work, f"{event.subject}:{event.sequence}", order_id):
        give_back_limits_of(work, order_id, {told["sku_id"]: told["pieces"] for told in pieces})
