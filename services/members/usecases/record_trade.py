"""How an order ended, as far as it says something about its member."""

import structlog

from services.chassis.data.work import ReceivedEvent, Work
from services.members.domain.credit import BAD, GOOD
from services.members.storage.credit import add_trade_fact
from services.members.storage.members import find_member
from services.orders.contract import DISPUTE_LOST, REFUSED_AT_DOOR

log = structlog.get_logger(__name__)


def record_good_trade(work: Work, event: ReceivedEvent) -> None:
    """The order is completed; what is found out later counts all the same."""
    _record(work, event, GOOD, "completed")


def record_refused_at_door(work: Work, event: ReceivedEvent) -> None:
    """Of orders that are called off only the one counts whose parcel was not taken for its cash."""
    if event.data["reason"] == REFUSED_AT_DOOR:
        _record(work, event, BAD, REFUSED_AT_DOOR)


def record_lost_dispute(work: Work, event: ReceivedEvent) -> None:
    """Operations decided for good that the member was wrong. Any other decision on a case says nothing of a member:
    who asks and is refused, or accepts it, has not traded badly."""
    if event.data["decision"] == DISPUTE_LOST:
        _record(work, event, BAD, DISPUTE_LOST)


def _record(work: Work, event: ReceivedEvent, verdict: str, cause: str) -> None:
    """Once for an order and verdict, whoever tells it again; a member who is not known here is logged."""
    told = {"order_id": event.data["order_id"], "member_id": event.data["member_id"]}
    if find_member(work, told["member_id"]) is None:
        log.warning("members_unknown", event_id=event.id, members=1)
        return
    add_trade_fact(work, {**told, "verdict": verdict, "cause": cause, "occurred_at": event.occurred_at})
