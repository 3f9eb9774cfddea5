"""Members as they are asked for, and as they and the staff change them."""

from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, nested, text
from services.members.contract.vocabulary import (
    LANGUAGES,
    LARGEST_SEGMENTS,
    MEMBER_UNKNOWN,
    PHONE_NOT_ACCEPTED,
    SERVICE,
    STATE_CHANGE_NOT_ALLOWED,
    STATES,
    TIERS,
)


class Member(Record):
    member_id = identifier("mbr")
    subscriber_no = text(40, allow_none=True)
    phone_masked = text(20)
    email = text(254, allow_none=True)
    name = text(80, allow_none=True)
    language = choice(*LANGUAGES)
    state = choice(*STATES)
    tier = choice(*TIERS)
    qualifying_points = integer()
    enrolled_at = instant()


class MemberSegment(Record):
    """A group of members for which there may be prices and goods."""

    segment = text(40)
    name_zh = text(80)
    name_en = text(80)


class Profile(Member):
    """With the segments that the member is in now."""

    segments = listed(MemberSegment, longest=LARGEST_SEGMENTS, load_default=list)


class OfMember(Request):
    member_id = identifier("mbr")


class MemberPhone(Record):
    """``phone`` is E.164."""

    member_id = identifier("mbr")
    phone = text(20)


class FindMember(Request):
    """By exactly one of the two; ``phone`` as a person types it."""

    subscriber_no = text(40, allow_none=True)
    phone = text(20, allow_none=True)


class MemberFound(Record):
    member = nested(Member)


class UpdateProfile(Request):
    """Fields left out stay as they are."""

    request_id = text(80)
    member_id = identifier("mbr")
    name = text(80, allow_none=True)
    email = text(254, allow_none=True)
    language = choice(*LANGUAGES, allow_none=True)


class ChangeState(Request):
    request_id = text(80)
    member_id = identifier("mbr")
    change = choice("suspend", "resume", "pre_cancel", "cancel")
    reason = text(200)
    actor = text(80)


GET_MEMBER = Query(SERVICE, "get_member", OfMember, Profile, refuses=(MEMBER_UNKNOWN,))
GET_PHONE = Query(SERVICE, "get_phone", OfMember, MemberPhone, refuses=(MEMBER_UNKNOWN,))
FIND_MEMBER = Query(SERVICE, "find_member", FindMember, MemberFound, refuses=(MEMBER_UNKNOWN, PHONE_NOT_ACCEPTED))
UPDATE_PROFILE = Command(SERVICE, "update_profile", UpdateProfile, Member, refuses=(MEMBER_UNKNOWN,))
CHANGE_STATE = Command(SERVICE, "change_state", ChangeState, Member, refuses=(MEMBER_UNKNOWN, STATE_CHANGE_NOT_ALLOWED))
