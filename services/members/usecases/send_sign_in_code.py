"""Sending a one-time code by SMS: claim it in the database, send it, note what became of it.

Nothing here asks whether the number belongs to a member, so the answer cannot tell.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from services.chassis.bus.faults import RpcFault
from services.chassis.data.work import Work, Works
from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED, Refused
from services.members import contract
from services.members.domain.keyed_hashes import code_hash
from services.members.domain.phones import masked
from services.members.settings import MembersSettings
from services.members.storage.codes import find_code_of_request, mark_sent, renew_code, replace_code, void_code
from services.members.storage.locks import lock_phone
from services.members.usecases.accepted_inputs import accepted_phone
from services.members.usecases.throttle_codes import (
    count_code_request,
    count_repeated_send,
    wait_before_next_code,
)
from services.notifications.contract import SEND_CODE

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Claim:
    """A challenge in the database. ``is_fresh``: its code has yet to be sent; else the request was served before."""

    challenge: Any
    is_fresh: bool


def send_sign_in_code(works: Works, request: dict[str, Any], code: str) -> dict[str, Any]:
    """``code`` is six random digits: it goes into the SMS and nowhere else. Returns a CodeSent."""
    phone = accepted_phone(request["phone"])
    with works.begin() as work:
        lock_phone(work, phone)
        claim = _claim(work, request["request_id"], phone, code, works.settings)
    if claim.is_fresh:
        _send(works, request, claim.challenge, code)
    with works.begin() as work:
        resend_after_s = wait_before_next_code(work, phone)
    expires_at = claim.challenge.expires_at
    return {"phone_masked": masked(phone), "expires_at": expires_at, "resend_after_s": resend_after_s}


def _claim(work: Work, request_id: str, phone: str, code: str, settings: MembersSettings) -> Claim:
    earlier = find_code_of_request(work, request_id)
    if earlier is None:
        return Claim(_new_challenge(work, request_id, phone, code, settings), True)
    if earlier.phone != phone:
        raise Refused(KEY_REUSED, "this request id was used before with another content")
    if earlier.sent_at or earlier.used_at or _is_being_sent(earlier, work.now, settings):
        return Claim(earlier, False)
    return Claim(_next_send(work, earlier, code, settings), True)


def _new_challenge(work: Work, request_id: str, phone: str, code: str, settings: MembersSettings) -> Any:
    count_code_request(work, phone)
    code_id = new_id("cod")
    row = {
        "code_id": code_id,
        "request_id": request_id,
        "phone": phone,
        "code_hash": code_hash(settings.pepper, code_id, phone, code),
        "requested_at": work.now,
        "expires_at": work.now + timedelta(seconds=settings.code_life_s),
        "sends": 1,
        "tries": 0,
    }
    challenge = replace_code(work, row)
    if challenge is None:
        raise Refused(KEY_REUSED, "this request id was used before with another content")
    return challenge


def _is_being_sent(challenge: Any, now: datetime, settings: MembersSettings) -> bool:
    """A twin of this request came a moment before; two SMS with different codes would help nobody."""
    stalled_at = challenge.requested_at + timedelta(seconds=settings.send_stalls_after_s)
    return not challenge.voided_at and now < stalled_at


def _next_send(work: Work, stalled: Any, code: str, settings: MembersSettings) -> Any:
    """The first send of this request never came to an end (its worker died): once more, with a code of its own."""
    if stalled.voided_at or stalled.replaced_at or stalled.sends >= settings.code_sends:
        raise _not_sent()
    count_repeated_send(work, stalled.phone)
    renewed = renew_code(
        work,
        stalled,
        code_hash(settings.pepper, stalled.code_id, stalled.phone, code),
        work.now + timedelta(seconds=settings.code_life_s),
    )
    if renewed is None:
        raise _not_sent()
    return renewed


def _send(works: Works, request: dict[str, Any], challenge: Any, code: str) -> None:
    message = {
        "request_id": f"{challenge.code_id}-{challenge.sends}",
        "phone": challenge.phone,
        "code": code,
        "purpose": "sign_in",
        "language": request["language"],
        "minutes": works.settings.code_life_s // 60,
    }
    try:
        works.rpc.call(SEND_CODE, message)
    except (Refused, RpcFault) as problem:
        log.warning("code_not_sent", phone=masked(challenge.phone), problem=type(problem).__name__)
        with works.begin() as work:
            void_code(work, challenge.code_id, challenge.sends)
        raise _not_sent() from problem
    with works.begin() as work:
        mark_sent(work, challenge.code_id, challenge.sends)


def _not_sent() -> Refused:
    return Refused(contract.CODE_NOT_SENT, "the code could not be sent; ask for another one later")
