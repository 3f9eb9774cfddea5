"""What ops decide: which channels a topic uses and how urgent it is, how a channel retries. Rows with a start."""

from dataclasses import dataclass

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.notifications.domain.retrying import ChannelPolicy
from services.notifications.storage.tables import channel_setting, topic_setting


@dataclass(frozen=True)
class TopicSetting:
    """``valid_for_s``: seconds after which nobody needs the message any more."""

    channels: frozenset[str]
    priority: int
    valid_for_s: int


def setting_of(work: Work, topic: str) -> TopicSetting:
    row = work.execute(
        sa.select(topic_setting)
        .where(topic_setting.c.topic == topic, topic_setting.c.effective_from <= work.now)
        .order_by(topic_setting.c.effective_from.desc())
        .limit(1)
    ).one()
    return TopicSetting(frozenset(row.channels), row.priority, row.valid_for_s)


def policy_of(work: Work, channel: str) -> ChannelPolicy:
    row = work.execute(
        sa.select(channel_setting)
        .where(channel_setting.c.channel == channel, channel_setting.c.effective_from <= work.now)
        .order_by(channel_setting.c.effective_from.desc())
        .limit(1)
    ).one()
    return ChannelPolicy(row.most_attempts, row.first_retry_s, row.longest_retry_s, row.lease_s, row.batch)
