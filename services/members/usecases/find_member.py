"""A member by what the outside knows: a subscriber number or a phone number."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import INVALID_REQUEST, Refused
from services.members.contract import MEMBER_UNKNOWN
from services.members.storage.members import find_by_phone, find_by_subscriber
from services.members.usecases.accepted_inputs import accepted_phone
from services.members.usecases.member_views import member_of


def find_member(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """{"member": Member}. For services and ops: not for those who are not signed in, whom it would tell too much."""
    subscriber_no, phone = request["subscriber_no"], request["phone"]
    if (subscriber_no is None) == (phone is None):
        problem = {"subscriber_no": ["exactly one of subscriber_no and phone is needed"]}
        raise Refused(INVALID_REQUEST, "the request is not valid", fields=problem)
    found = find_by_subscriber(work, subscriber_no) if phone is None else find_by_phone(work, accepted_phone(phone))
    if found is None:
        raise Refused(MEMBER_UNKNOWN, "no such member")
    return {"member": member_of(found)}
