"""A member for a number that has none."""

from dataclasses import dataclass
from typing import Any

from services.chassis.data.work import Work
from services.chassis.ids import new_id
from services.members.contract import MEMBERS_ENROLLED
from services.members.storage.members import add_member, find_by_phone
from services.members.usecases.member_views import card_of


@dataclass(frozen=True)
class Enrolment:
    member: Any
    is_new: bool


def enrol_member(work: Work, phone: str, channel: str, language: str = "zh") -> Enrolment:
    """The number's member, made if need be. Of several at once exactly one makes it."""
    known = find_by_phone(work, phone)
    if known is not None:
        return Enrolment(known, False)
    row = {"member_id": new_id("mbr"), "phone": phone, "channel": channel, "language": language}
    made = add_member(work, row | {"enrolled_at": work.now})
    if made is None:
        return Enrolment(find_by_phone(work, phone), False)
    work.emit(MEMBERS_ENROLLED, subject=made.member_id, data={"members": [card_of(made)]}, sequence=made.version)
    return Enrolment(made, True)
