"""What members tells everybody."""

from services.chassis.contract import Event
from services.chassis.schemas import Record, choice, identifier, instant, integer, listed, nested, text
from services.members.contract.vocabulary import CHANNELS, LANGUAGES, LARGEST_BATCH, SERVICE, STATES, TIERS


class MemberCard(Record):
    """What other services may know of a member. ``phone`` is E.164 (+8613800000000)."""

    member_id = identifier("mbr")
    subscriber_no = text(40, allow_none=True)
    phone = text(20)
    email = text(254, allow_none=True)
    name = text(80, allow_none=True)
    language = choice(*LANGUAGES)
    state = choice(*STATES)
    tier = choice(*TIERS)
    channel = choice(*CHANNELS)
    enrolled_at = instant()


class MembersEnrolledData(Record):
    """One member who signed in for the first time, or a batch of imported subscribers."""

    members = listed(MemberCard, shortest=1, longest=LARGEST_BATCH)


class ProfileChangedData(Record):
    member = nested(MemberCard)


class StateChangedData(Record):
    member_id = identifier("mbr")
    previous = choice(*STATES)
    state = choice(*STATES)
    reason = text(200)


class TierChangedData(Record):
    member_id = identifier("mbr")
    previous = choice(*TIERS)
    tier = choice(*TIERS)
    qualifying_points = integer()


MEMBERS_ENROLLED = Event(SERVICE, "members.enrolled.v1", MembersEnrolledData)
PROFILE_CHANGED = Event(SERVICE, "member.profile_changed.v1", ProfileChangedData)
STATE_CHANGED = Event(SERVICE, "member.state_changed.v1", StateChangedData)
TIER_CHANGED = Event(SERVICE, "member.tier_changed.v1", TierChangedData)
