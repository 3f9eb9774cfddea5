"""Send what is due. Claim and commit, send outside any transaction, record what came of it.

Delivery is at least once: if a process dies between sending and recording, or the other side does not answer, the
message is sent again after its lease or back-off, with the same reference so that phones and mail readers can tell.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
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
from services.notifications.storage.configuration import policy_of
from services.notifications.storage.locks import claim_due_messages
from services.notifications.storage.messages import settle_claimed
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
        policy = policy_of(work, "sms")
        claimed = claim_due_messages(work, "sms", min(room, policy.batch), policy)
        accepted_before = accepted_parts(work, [row.message_id for row in claimed])
    submitted = [line.submit(short_message(row, frozenset(accepted_before.get(row.message_id, ())))) for row in claimed]
    outcomes = [handed_over.outcome(works.settings.sms_answer_s) for handed_over in submitted]
    return _record(works, line.provider, policy, list(zip(claimed, outcomes, strict=True)))


def send_queued_mail(works: Works, line: MailLine) -> bool:
    """True if something was sent: there may be more."""
    with works.begin() as work:
        policy = policy_of(work, "email")
        claimed = claim_due_messages(work, "email", policy.batch, policy)
    if not claimed:
        return False
    outcomes = line.send_all([_letter(row) for row in claimed])
    return _record(works, SMTP, policy, list(zip(claimed, outcomes, strict=True)))


def short_message(row: Any, accepted_before: frozenset[int]) -> ShortMessage:
    reference = int(row.message_id[-2:], 16)
    return ShortMessage(row.recipient, row.body, reference, accepted_before)


def _letter(row: Any) -> Letter:
    return Letter(row.message_id, row.recipient, row.subject, row.body, row.language)


def _record(works: Works, provider: str, policy: ChannelPolicy, sent: Sent) -> bool:
    if not sent:
        return False
    with works.begin() as work:
        for row, outcome in sorted(sent, key=lambda one: one[0].message_id):  # every lock is taken in this order
            MESSAGES.labels(row.channel, outcome.kind).inc()
            record_parts(work, provider, row.message_id, outcome.parts)
            _SETTLE.get(outcome.kind, _settle_unsure)(work, row, outcome, policy)
        conclude(work, [row.message_id for row, outcome in sent if outcome.kind == ACCEPTED])
    return any(outcome.kind == ACCEPTED for _, outcome in sent)


def _settle_accepted(work: Work, row: Any, outcome: Outcome, policy: ChannelPolicy) -> None:
    settle_claimed(work, row, "accept", parts=outcome.parts_in_all, problem=None)


def _settle_refused(work: Work, row: Any, outcome: Outcome, policy: ChannelPolicy) -> None:
    settle_claimed(work, row, "refuse", problem=outcome.problem)


def _settle_untried(work: Work, row: Any, outcome: Outcome, policy: ChannelPolicy) -> None:
    again = work.now + timedelta(seconds=PATIENCE_S)
    settle_claimed(work, row, "retry", next_attempt_at=again, attempts=row.attempts - 1, problem=outcome.problem)


def _settle_unsure(work: Work, row: Any, outcome: Outcome, policy: ChannelPolicy) -> None:
    if row.attempts >= policy.most_attempts:
        settle_claimed(work, row, "refuse", problem=outcome.problem)
        return
    again = work.now + timedelta(seconds=policy.wait_s(row.attempts))
    settle_claimed(work, row, "retry", next_attempt_at=again, problem=outcome.problem)


_SETTLE: dict[str, Callable[[Work, Any, Outcome, ChannelPolicy], None]] = {
    ACCEPTED: _settle_accepted,
    REFUSED: _settle_refused,
    NOT_TRIED: _settle_untried,
}
