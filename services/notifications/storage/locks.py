"""Every query that locks rows. Claims skip what others hold; the rest locks in key order."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.notifications.domain.message_states import MESSAGE
from services.notifications.domain.retrying import ChannelPolicy
from services.notifications.storage.tables import message, message_part, receipt, template


def claim_due_messages(work: Work, channel: str, most: int, policy: ChannelPolicy) -> list[Any]:
    """Up to ``most`` messages, most urgent first, now ``sending`` under our lease. First those whose sender died."""
    abandoned = _abandoned(work, channel, policy)
    claimed = _claim(work, abandoned, most, policy)
    if len(claimed) < most:
        claimed += _claim(work, _due(work, channel), most - len(claimed), policy)
    return sorted(claimed, key=lambda row: (row.priority, row.message_id))


def _due(work: Work, channel: str) -> sa.Select[Any]:
    return (
        sa.select(message.c.message_id)
        .where(message.c.channel == channel, message.c.state == "queued")
        .where(message.c.next_attempt_at <= work.now, message.c.expires_at > work.now)
        .order_by(message.c.priority, message.c.next_attempt_at)
    )


def _abandoned(work: Work, channel: str, policy: ChannelPolicy) -> sa.Select[Any]:
    return (
        sa.select(message.c.message_id)
        .where(message.c.channel == channel, message.c.state == "sending", message.c.body.is_not(None))
        .where(message.c.leased_until < work.now, message.c.expires_at > work.now)
        .where(message.c.attempts < policy.most_attempts)
        .order_by(message.c.leased_until)
    )


def _claim(work: Work, candidates: sa.Select[Any], most: int, policy: ChannelPolicy) -> list[Any]:
    free = candidates.limit(most).with_for_update(skip_locked=True).cte("free")
    statement = (
        sa.update(message)
        .where(message.c.message_id == free.c.message_id, message.c.state.in_(MESSAGE.sources("claim")))
        .values(
            state=MESSAGE.next("queued", "claim"),
            attempts=message.c.attempts + 1,
            claims=message.c.claims + 1,
            leased_until=work.now + sa.func.make_interval(0, 0, 0, 0, 0, 0, policy.lease_s),
        )
        .returning(message)
    )
    return list(work.execute(statement).all())


def claim_outlived_messages(work: Work, channel: str, most: int) -> list[str]:
    """Ids of messages nobody needs any more and nobody is sending."""
    outlived = (message.c.expires_at <= work.now) & ((message.c.state == "queued") | _lease_is_over(work))
    return _claim_ids(work, channel, outlived, most)


def claim_used_up_messages(work: Work, channel: str, most_attempts: int, most: int) -> list[str]:
    """Ids of messages that were abandoned in their last attempt."""
    return _claim_ids(work, channel, _lease_is_over(work) & (message.c.attempts >= most_attempts), most)


def _lease_is_over(work: Work) -> Any:
    return (message.c.state == "sending") & (message.c.leased_until < work.now)


def _claim_ids(work: Work, channel: str, condition: Any, most: int) -> list[str]:
    free = sa.select(message.c.message_id).where(message.c.channel == channel, condition)
    return list(work.execute(free.limit(most).with_for_update(skip_locked=True)).scalars())


def lock_template(work: Work, topic: str, channel: str, language: str) -> None:
    """One new version at a time: whoever comes second waits and then counts on."""
    work.execute(
        sa.select(template.c.version)
        .where(template.c.topic == topic, template.c.channel == channel, template.c.language == language)
        .where(template.c.version == 1)
        .with_for_update()
    )


def claim_matching_receipts(work: Work, most: int) -> list[Any]:
    """Receipts whose part is known by now, oldest first: (receipt_id, provider, provider_message_id, outcome)."""
    part = (message_part.c.provider == receipt.c.provider) & (
        message_part.c.provider_message_id == receipt.c.provider_message_id
    )
    return list(
        work.execute(
            sa.select(receipt, message_part.c.message_id)
            .join(message_part, part)
            .order_by(receipt.c.receipt_id)
            .limit(most)
            .with_for_update(of=receipt, skip_locked=True)
        ).all()
    )


def lock_messages(work: Work, message_ids: set[str]) -> None:
    work.execute(
        sa.select(message.c.message_id)
        .where(message.c.message_id.in_(message_ids))
        .order_by(message.c.message_id)
        .with_for_update()
    )
