"""Signing in with a one-time code; who has no membership yet gets one.

A wrong guess must be counted although it is refused, so the transaction returns a refusal and commits.
"""

from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from services.chassis.data.work import Work, Works
from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED, Refused
from services.members import contract
from services.members.domain.keyed_hashes import agree, code_hash, guess_hash, session_token, token_hash
from services.members.domain.member_states import CANCELLED
from services.members.domain.phones import masked
from services.members.settings import MembersSettings
from services.members.storage.codes import find_current_code, mark_used, take_try
from services.members.storage.locks import lock_members
from services.members.storage.members import find_member
from services.members.storage.sessions import add_session, find_session
from services.members.usecases.accepted_inputs import accepted_phone
from services.members.usecases.enrol_member import enrol_member
from services.members.usecases.member_views import member_of

log = structlog.get_logger(__name__)


def sign_in(works: Works, request: dict[str, Any]) -> dict[str, Any]:
    """Returns a SignedIn. The same request with the same code gets the same session and token again."""
    phone = accepted_phone(request["phone"])
    checked = {**request, "phone": phone, "code": request["code"].strip()}
    outcome = works.run(partial(_try_code, works.settings), checked)
    if isinstance(outcome, Refused):
        log.info("sign_in_refused", phone=masked(phone), code=outcome.code)
        raise outcome
    log.info("signed_in", session_id=outcome["session_id"], enrolled=outcome["enrolled"])
    return outcome


def _try_code(settings: MembersSettings, work: Work, request: dict[str, Any]) -> dict[str, Any] | Refused:
    phone, code = request["phone"], request["code"]
    guess = guess_hash(settings.pepper, request["request_id"], code)
    challenge = take_try(work, phone, guess, settings.code_tries)
    if challenge is None:
        return _why_no_try(work, phone)
    if not agree(challenge.code_hash, code_hash(settings.pepper, challenge.code_id, phone, code)):
        return Refused(contract.CODE_WRONG, "wrong code", tries_left=max(settings.code_tries - challenge.tries, 0))
    if mark_used(work, challenge.code_id):
        return _open_session(settings, work, request, challenge.code_id)
    return _same_session_again(settings, work, request, challenge.code_id)


def _why_no_try(work: Work, phone: str) -> Refused:
    challenge = find_current_code(work, phone)
    if challenge is None or challenge.voided_at:
        return Refused(contract.CODE_WRONG, "no code is open for this number", tries_left=0)
    if challenge.expires_at <= work.now:
        return Refused(contract.CODE_EXPIRED, "the code is too old; ask for another one")
    return Refused(contract.TOO_MANY_TRIES, "too many wrong codes; ask for another one")


def _open_session(settings: MembersSettings, work: Work, request: dict[str, Any], code_id: str) -> Any:
    enrolment = enrol_member(work, request["phone"], request["channel"])
    [member] = lock_members(work, [enrolment.member.member_id])  # a cancellation comes before this session or ends it
    if member.state == CANCELLED:
        return Refused(contract.PHONE_NOT_ACCEPTED, "the membership of this number was cancelled")
    session_id = new_id("ses")
    token = session_token(settings.pepper, session_id, request["request_id"])
    row = {
        "session_id": session_id,
        "member_id": member.member_id,
        "token_hash": token_hash(token),
        "request_id": request["request_id"],
        "code_id": code_id,
        "enrolled": enrolment.is_new,
        "channel": request["channel"],
        "device": request["device"],
        "started_at": work.now,
        "last_seen_at": work.now,
        "expires_at": work.now + timedelta(seconds=settings.session_absolute_s),
    }
    if not add_session(work, row):
        raise Refused(KEY_REUSED, "this request id was used before with another content")
    return _signed_in(token, row, member)


def _same_session_again(settings: MembersSettings, work: Work, request: dict[str, Any], code_id: str) -> Any:
    """The code is used up; only the request that used it gets its answer once more."""
    session = find_session(work, request["request_id"], code_id)
    if session is None:
        return Refused(contract.CODE_WRONG, "the code was used before", tries_left=0)
    token = session_token(settings.pepper, session.session_id, session.request_id)
    return _signed_in(token, session._mapping, find_member(work, session.member_id))


def _signed_in(token: str, session: Any, member: Any) -> dict[str, Any]:
    return {
        "token": token,
        "session_id": session["session_id"],
        "expires_at": session["expires_at"],
        "enrolled": session["enrolled"],
        "member": member_of(member),
    }
