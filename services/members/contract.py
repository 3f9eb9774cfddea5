"""The published language of members: people, sign-in, sessions, account states and tiers."""

from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import Record, Request, choice, flag, identifier, instant, integer, listed, nested, text

SERVICE = "members"

STATES = ("active", "suspended", "pre_cancelled", "cancelled")
TIERS = ("registered", "blue", "gold", "red")
LANGUAGES = ("zh", "en")
CHANNELS = ("web", "wap", "sms", "app", "import", "ops")
LARGEST_BATCH = 500
LARGEST_SEGMENTS = 100  # that a member is in

# Rejection codes
PHONE_NOT_ACCEPTED = "member.phone_not_accepted"
MEMBER_UNKNOWN = "member.unknown"
STATE_CHANGE_NOT_ALLOWED = "member.state_change_not_allowed"
TOO_MANY_CODES = "sign_in.too_many_codes"
CODE_NOT_SENT = "sign_in.code_not_sent"
CODE_WRONG = "sign_in.code_wrong"
CODE_EXPIRED = "sign_in.code_expired"
TOO_MANY_TRIES = "sign_in.too_many_tries"
SESSION_UNKNOWN = "session.unknown"
STAFF_KEY_UNKNOWN = "staff.key_unknown"
CREDIT_POLICY_INVALID = "credit.policy_invalid"
SEGMENT_UNKNOWN = "segment.unknown"
SEGMENT_BACKDATED = "segment.backdated"
SEGMENT_RULE_INVALID = "segment.rule_invalid"
SEGMENT_FILE_UNREADABLE = "segment.file_unreadable"

OPERATOR_ROLES = ("ops", "finance", "rules")  # rules: asks for changes of rules, and approves those of others
STAFF_ROLES = (*OPERATOR_ROLES, "merchant", "hall")  # the counter of one merchant, or of one business hall


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


class SendSignInCode(Request):
    request_id = text(80)
    phone = text(20)
    language = choice(*LANGUAGES, load_default="zh")
    channel = choice(*CHANNELS, load_default="web")


class CodeSent(Record):
    phone_masked = text(20)
    expires_at = instant()
    resend_after_s = integer()


class SignIn(Request):
    request_id = text(80)
    phone = text(20)
    code = text(12)
    channel = choice(*CHANNELS, load_default="web")
    device = text(200, load_default="")


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


class SignedIn(Record):
    """``token`` is shown once; only its hash is kept. ``enrolled`` is true when this sign-in made the member."""

    token = text(100)
    session_id = identifier("ses")
    expires_at = instant()
    enrolled = flag()
    member = nested(Member)


class CheckSession(Request):
    token = text(100)


class SessionChecked(Record):
    """``segments`` are the labels of those that the member is in now."""

    session_id = identifier("ses")
    member_id = identifier("mbr")
    state = choice(*STATES)
    tier = choice(*TIERS)
    language = choice(*LANGUAGES)
    segments = listed(text(40), longest=LARGEST_SEGMENTS, load_default=list)


class CheckStaffKey(Request):
    token = text(100)


class StaffChecked(Record):
    """``name`` is the person: two keys of one person are still two eyes only. A key of the role ``merchant`` is for
    ``merchant_id`` alone, one of the role ``hall`` for ``place_id`` alone."""

    key_id = identifier("stk")
    name = text(40)
    roles = listed(choice(*STAFF_ROLES), shortest=1)
    merchant_id = identifier("mer", allow_none=True)
    place_id = identifier("whs", allow_none=True)


class OfMember(Request):
    member_id = identifier("mbr")


class CashOnDelivery(Record):
    """``reasons`` are why it is offered (``vip_tier``, ``enough_good_trades``), or else all that stands against it
    (``member_not_active``, ``too_many_bad_trades``, ``too_few_good_trades``). The two limits count orders of the member
    whose cash is promised and not there yet."""

    is_offered = flag()
    reasons = listed(text(40))
    most_open_orders = integer()
    most_open_fen = integer()


class Credit(Record):
    """Trades that ended since ``counted_from``; ``score`` is 0 to 100, and 50 of whom nothing is known."""

    member_id = identifier("mbr")
    good_trades = integer()
    bad_trades = integer()
    score = integer(0, 100)
    counted_from = instant()
    cash_on_delivery = nested(CashOnDelivery)


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


class Session(Record):
    session_id = identifier("ses")
    channel = choice(*CHANNELS)
    device = text(200, shortest=0)
    started_at = instant()
    last_seen_at = instant()
    expires_at = instant()


class Sessions(Record):
    sessions = listed(Session)


class RevokeSession(Request):
    request_id = text(80)
    member_id = identifier("mbr")
    session_id = identifier("ses")


class SessionRevoked(Record):
    session_id = identifier("ses")


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


class Subscriber(Request):
    subscriber_no = text(40)
    phone = text(20)
    name = text(80, allow_none=True)
    email = text(254, allow_none=True)
    language = choice(*LANGUAGES, load_default="zh")
    joined_at = instant()


class ImportSubscribers(Request):
    request_id = text(80)
    subscribers = listed(Subscriber, shortest=1, longest=LARGEST_BATCH)


class SubscribersImported(Record):
    """``known`` were there before and are left as they are."""

    imported = integer()
    known = integer()


SEND_SIGN_IN_CODE = Command(
    SERVICE,
    "send_sign_in_code",
    SendSignInCode,
    CodeSent,
    refuses=(PHONE_NOT_ACCEPTED, TOO_MANY_CODES, CODE_NOT_SENT),
    timeout_s=5,
)
SIGN_IN = Command(
    SERVICE, "sign_in", SignIn, SignedIn, refuses=(PHONE_NOT_ACCEPTED, CODE_WRONG, CODE_EXPIRED, TOO_MANY_TRIES)
)
CHECK_SESSION = Query(SERVICE, "check_session", CheckSession, SessionChecked, refuses=(SESSION_UNKNOWN,))
CHECK_STAFF_KEY = Query(SERVICE, "check_staff_key", CheckStaffKey, StaffChecked, refuses=(STAFF_KEY_UNKNOWN,))
GET_CREDIT = Query(SERVICE, "get_credit", OfMember, Credit, refuses=(MEMBER_UNKNOWN,))
GET_MEMBER = Query(SERVICE, "get_member", OfMember, Profile, refuses=(MEMBER_UNKNOWN,))
GET_PHONE = Query(SERVICE, "get_phone", OfMember, MemberPhone, refuses=(MEMBER_UNKNOWN,))
FIND_MEMBER = Query(SERVICE, "find_member", FindMember, MemberFound, refuses=(MEMBER_UNKNOWN, PHONE_NOT_ACCEPTED))
LIST_SESSIONS = Query(SERVICE, "list_sessions", OfMember, Sessions)
REVOKE_SESSION = Command(SERVICE, "revoke_session", RevokeSession, SessionRevoked, refuses=(SESSION_UNKNOWN,))
UPDATE_PROFILE = Command(SERVICE, "update_profile", UpdateProfile, Member, refuses=(MEMBER_UNKNOWN,))
CHANGE_STATE = Command(SERVICE, "change_state", ChangeState, Member, refuses=(MEMBER_UNKNOWN, STATE_CHANGE_NOT_ALLOWED))
IMPORT_SUBSCRIBERS = Command(
    SERVICE, "import_subscribers", ImportSubscribers, SubscribersImported, refuses=(PHONE_NOT_ACCEPTED,), timeout_s=20
)


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
