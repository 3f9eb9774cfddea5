"""Sign-in by a code that comes to the phone."""

from services.chassis.contract import Command
from services.chassis.schemas import Record, Request, choice, flag, identifier, instant, integer, nested, text
from services.members.contract.people import Member
from services.members.contract.vocabulary import (
    CHANNELS,
    CODE_EXPIRED,
    CODE_NOT_SENT,
    CODE_WRONG,
    LANGUAGES,
    PHONE_NOT_ACCEPTED,
    SERVICE,
    TOO_MANY_CODES,
    TOO_MANY_TRIES,
)


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


class SignedIn(Record):
    """``token`` is shown once; only its hash is kept. ``enrolled`` is true when this sign-in made the member."""

    token = text(100)
    session_id = identifier("ses")
    expires_at = instant()
    enrolled = flag()
    member = nested(Member)


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
