"""An order is confirmed: its units leave the stock and its codes go to the member. Never silently short."""

from collections.abc import Mapping

import structlog

from services.catalog.domain.allocation import merged
from services.catalog.domain.reservations import COMMITTED, EXPIRED, RELEASED
from services.catalog.storage.locks import lock_reservation
from services.catalog.storage.reservations import forget_lines, lines_of, move, open_reservation
from services.catalog.usecases.reservation_steps import commit_held, hand_over_codes, hold
from services.chassis.data.work import ReceivedEvent, Work
from services.chassis.refusal import Refused

log = structlog.get_logger(__name__)


class ConfirmedOrderUnserved(RuntimeError):
    """A confirmed order cannot get what it was promised: the event is retried, then parked for a person."""


def commit_confirmed_order(work: Work, event: ReceivedEvent) -> None:
    """A reservation that timed out meanwhile is taken again if the stock is there; of an ended order nothing is."""
    order_id, wanted = event.data["order_id"], merged(event.data["lines"])
    never_reserved = open_reservation(work, order_id, expires_at=work.now)
    status = lock_reservation(work, order_id)
    if status == RELEASED:
        log.info("confirmation_ignored", order_id=order_id, why="the order has ended")
        return
    if status == EXPIRED:
        move(work, order_id, "revive")
        forget_lines(work, order_id)
    if never_reserved or status == EXPIRED:
        _hold_late(work, order_id, wanted)
    if merged(vars(line) for line in lines_of(work, order_id)) != wanted:
        raise ConfirmedOrderUnserved(f"{order_id} is confirmed with other lines than were reserved")
    if status != COMMITTED:
        commit_held(work, order_id)
    hand_over_codes(work, order_id, event.data["member_id"])


def _hold_late(work: Work, order_id: str, wanted: Mapping[str, int]) -> None:
    try:
        hold(work, order_id, wanted)
    except Refused as refusal:
        raise ConfirmedOrderUnserved(f"{order_id}: {refusal.code} {refusal.details}") from refusal
