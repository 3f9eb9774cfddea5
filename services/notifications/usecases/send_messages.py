"""Send what is due. Claim and commit, send outside any transaction, record what came of it.

Delivery is at least once: if a process dies between sending and recording, or the other side does not answer, the
message is sent again after its lease or back-off, with the same reference so that phones and mail readers can tell.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from services.chassis.data.work import Work, Works
from services.notifications.domain.outgoing import (
    ACCEPTED,
    NOT_TRIED,
    REFUSED,
    Letter,
    MailLine,
    Outcome,
    ShortMessage,
    SmsLine,
)
from services.notifications.domain.retrying import ChannelPolicy
from services.notifications.metrics import MESSAGES
from services.notifications.storage.locks import claim_due_messages
from services.notifications.storage.messages import Change, change_messages
from services.notifications.storage.parts import accepted_parts, record_parts
from services.notifications.usecases.settle_receipts import conclude

PATIENCE_S = 2  # before an untried message is looked at again
SMTP = "smtp"
Sent = Sequence[tuple[Any, Outcome]]


def send_queued_sms(works: Works, line: SmsLine) -> bool:
    """True if something was sent: there may be more."""
    room = line.room()
    if room == 0:
        return False
    with works.begin() as work:
        claimed = claim_due_messages(work, "sms", room)
        accepted_before = accepted_parts(work, [row.message_id for row in claimed if _was_tried_before(row)])
    submitted = [line.submit(short_message(row, frozenset(accepted_before.get(row.message_id, ())))) for row in claimed]
    outcomes = [handed_over.outcome(works.settings.sms_answer_s) for handed_over in submitted]
    return _record(works, line.provider, list(zip(claimed, outcomes, strict=True)))


def send_queued_mail(works: Works, line: MailLine) -> bool:
    """True if something was sent: there may be more."""
    with works.begin() as work:
        claimed = claim_due_messages(work, "email")
    if not claimed:
        return False
    outcomes = line.send_all([_letter(row) for row in claimed])
    return _record(works, SMTP, list(zip(claimed, outcomes, strict=True)))


def short_message(row: Any, accepted_before: frozenset[int]) -> ShortMessage:
    reference = int(row.message_id[-2:], 16)
    return ShortMessage(row.recipient, row.body, reference, accepted_before)


def _letter(row: Any) -> Letter:
    return Letter(row.message_id, row.recipient, row.subject, row.body, row.language)


def _was_tried_before(row: Any) -> bool:
    """Only then may parts of it have been taken, and receipts of them have come."""
    return bool(row.claims > 1)


def _record(works: Works, provider: str, sent: Sent) -> bool:
    if not sent:
        return False
    for row, outcome in sent:
        MESSAGES.labels(row.channel, outcome.kind).inc()
    with works.begin() as work:
        change_messages(work, [_change(work, row, outcome) for row, outcome in sent])
        record_parts(work, provider, [(row.message_id, outcome.parts) for row, outcome in sent])
        accepted = [row for row, outcome in sent if outcome.kind == ACCEPTED]
        conclude(work, [row.message_id for row in accepted if _was_tried_before(row)])
    return bool(accepted)


def _change(work: Work, row: Any, outcome: Outcome) -> Change:
    change = partial(Change, row.message_id, claims=row.claims, problem=outcome.problem)
    if outcome.kind == ACCEPTED:
        return change("accept", parts=outcome.parts_in_all, problem=None)
    if outcome.kind == NOT_TRIED:
        again = work.now + timedelta(seconds=PATIENCE_S)
        return change("retry", attempts=row.attempts - 1, next_attempt_at=again)
    if outcome.kind == REFUSED or row.attempts >= row.most_attempts:
        return change("refuse")
    return change("retry", next_attempt_at=work.now + timedelta(seconds=_policy_with(row).wait_s(row.attempts)))


def _policy_with(row: Any) -> ChannelPolicy:
    return ChannelPolicy(row.most_attempts, row.first_retry_s, row.longest_retry_s, row.lease_s, row.batch)
