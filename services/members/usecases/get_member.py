"""One member, with the segments that the member is in; and the whole of a member's phone number, for services only."""

from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.members.contract import MEMBER_UNKNOWN
from services.members.storage.members import find_member
from services.members.storage.segments import segments_of
from services.members.usecases.member_views import member_of


def get_phone(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    found = find_member(work, request["member_id"])
    if found is None:
        raise Refused(MEMBER_UNKNOWN, "no such member")
    return {"member_id": found.member_id, "phone": found.phone}


def get_member(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    found = find_member(work, request["member_id"])
    if found is None:
        raise Refused(MEMBER_UNKNOWN, "no such member")
    return member_of(found) | {"segments": segments_of(work, found.member_id)}
