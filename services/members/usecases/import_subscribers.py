"""Enrolling subscribers of the operator, a batch at a time."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.ids import derived_id, new_id
from services.chassis.refusal import INVALID_REQUEST, Refused
from services.chassis.schemas import to_wire
from services.members.contract import MEMBERS_ENROLLED, PHONE_NOT_ACCEPTED
from services.members.domain.emails import is_email
from services.members.domain.phones import e164_of
from services.members.storage.members import import_members
from services.members.usecases.member_views import card_of

CHANNEL = "import"
FIRST_VERSION = 1


def import_subscribers(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """How many are new. Known ones, by number or by subscriber, are left as they are; one bad line refuses all."""
    subscribers = request["subscribers"]
    _refuse_bad(subscribers)
    enrolled = import_members(work, [_row(subscriber) for subscriber in subscribers], CHANNEL)
    if enrolled:
        cards = [card_of(row) for row in sorted(enrolled, key=lambda row: row.subscriber_no)]
        batch = derived_id("imp", request["request_id"])
        work.emit(MEMBERS_ENROLLED, subject=batch, data={"members": cards}, sequence=FIRST_VERSION)
    return {"imported": len(enrolled), "known": len(subscribers) - len(enrolled)}


def _refuse_bad(subscribers: list[dict[str, Any]]) -> None:
    phones = [line["subscriber_no"] for line in subscribers if e164_of(line["phone"]) is None]
    if phones:
        raise Refused(PHONE_NOT_ACCEPTED, "only mobile numbers of mainland China are accepted", subscriber_nos=phones)
    emails = [line["subscriber_no"] for line in subscribers if line["email"] and not is_email(line["email"])]
    if emails:
        problem = {"subscribers": [f"no e-mail address: {', '.join(emails)}"]}
        raise Refused(INVALID_REQUEST, "the request is not valid", fields=problem)


def _row(subscriber: dict[str, Any]) -> dict[str, Any]:
    return {
        "member_id": new_id("mbr"),
        "subscriber_no": subscriber["subscriber_no"],
        "phone": e164_of(subscriber["phone"]),
        "email": subscriber["email"],
        "name": subscriber["name"],
        "language": subscriber["language"],
        "in_network_since": to_wire(subscriber["joined_at"]),
    }
