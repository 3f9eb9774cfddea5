"""Send a one-time code at once, on its own way ahead of the queue. The code exists in memory only.

What is kept is a message row without a body and with a masked number. It is also the memory of the request id: the
same request again gets the same answer and sends nothing, though nothing in the row could tell the code.
"""

import time
from datetime import timedelta
from typing import Any

from services.chassis.data.work import Work, Works
from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED, Refused
from services.notifications.contract import NOT_ACCEPTED
from services.notifications.domain.masking import mask_phone
from services.notifications.domain.outgoing import ACCEPTED, REFUSED, Outcome, ShortMessage, SmsLine
from services.notifications.domain.rendering import render
from services.notifications.domain.topics import SIGN_IN_CODE
from services.notifications.metrics import MESSAGES
from services.notifications.storage import code_messages
from services.notifications.storage.configuration import TopicSetting, setting_of
from services.notifications.storage.messages import Change, change_messages, message_by_event
from services.notifications.storage.parts import record_parts
from services.notifications.usecases.settle_receipts import conclude

USUAL_PATIENCE_S = 3.0  # for a caller who names no deadline
TO_RECORD_S = 0.3  # kept back for writing down the answer before the caller leaves
AGAIN_AFTER_S = 0.25
LOOK_EVERY_S = 0.05


def send_code(works: Works, line: SmsLine, request: dict[str, Any]) -> dict[str, Any]:
    """{"message_id"} once the message centre has taken it; refuses message.not_accepted otherwise."""
    until = time.monotonic() + _patience_s(works)
    event_id = f"code:{request['request_id']}"
    with works.begin() as work:
        setting = setting_of(work, SIGN_IN_CODE)
        mine = _claim(work, setting, event_id, request, until)
    if mine is None:
        return _answer(_settled_by_another(works, event_id, request, until))
    outcome = _send(line, request["phone"], _text(setting, request), mine.message_id, until)
    MESSAGES.labels("code", outcome.kind).inc()
    with works.begin() as work:
        _record(work, line.provider, mine, outcome)
    return _answer_of(mine.message_id, outcome.kind == ACCEPTED)


def _patience_s(works: Works) -> float:
    left = works.context.seconds_left()
    return (USUAL_PATIENCE_S if left is None else min(left, USUAL_PATIENCE_S)) - TO_RECORD_S


def _claim(work: Work, setting: TopicSetting, event_id: str, request: dict[str, Any], until: float) -> Any | None:
    """The row to send under, or None: somebody has it in hand or has settled it."""
    lease = work.now + timedelta(seconds=max(until - time.monotonic(), 0) + TO_RECORD_S)
    row = {
        "message_id": new_id("msg"),
        "event_id": event_id,
        "topic": SIGN_IN_CODE,
        "channel": "sms",
        "language": request["language"],
        "recipient": mask_phone(request["phone"]),
        "priority": setting.priority,
        "expires_at": work.now + timedelta(seconds=setting.valid_for_s),
    }
    return code_messages.begin(work, row, lease) or code_messages.take_over(work, event_id, lease)


def _text(setting: TopicSetting, request: dict[str, Any]) -> str:
    template = setting.templates["sms", request["language"]]
    variables = {"code": request["code"], "minutes": str(request["minutes"])}
    return render(template.subject, template.body, variables, request["language"], name="").body


def _send(line: SmsLine, phone: str, text: str, message_id: str, until: float) -> Outcome:
    """One quick second try, if the first was not taken and there is time."""
    message = ShortMessage(phone, text, reference=int(message_id[-2:], 16))
    outcome = line.submit(message).outcome(max(until - time.monotonic(), 0))
    if outcome.kind in (ACCEPTED, REFUSED) or time.monotonic() + AGAIN_AFTER_S >= until:
        return outcome
    time.sleep(AGAIN_AFTER_S)
    return line.submit(message).outcome(max(until - time.monotonic(), 0))


def _record(work: Work, provider: str, mine: Any, outcome: Outcome) -> None:
    record_parts(work, provider, [(mine.message_id, outcome.parts)])
    if outcome.kind != ACCEPTED:
        change_messages(work, [Change(mine.message_id, "refuse", mine.claims, outcome.problem)])
    elif change_messages(work, [Change(mine.message_id, "accept", mine.claims, parts=outcome.parts_in_all)]):
        conclude(work, {mine.message_id})


def _settled_by_another(works: Works, event_id: str, request: dict[str, Any], until: float) -> Any:
    """The row of an earlier or concurrent request with this id, as soon as its sending is over."""
    while True:
        with works.begin() as work:
            row = message_by_event(work, event_id)
        if row is None or row.recipient != mask_phone(request["phone"]):
            raise Refused(KEY_REUSED, "this request id was used before with another content")
        if row.state != "sending" or time.monotonic() >= until:
            return row
        time.sleep(LOOK_EVERY_S)


def _answer(row: Any) -> dict[str, Any]:
    return _answer_of(row.message_id, row.state in ("sent", "delivered"))


def _answer_of(message_id: str, taken: bool) -> dict[str, Any]:
    if not taken:
        raise Refused(NOT_ACCEPTED, "the message centre did not take the message")
    return {"message_id": message_id}
