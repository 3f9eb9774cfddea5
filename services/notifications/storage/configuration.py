"""What ops decide: which channels a topic uses and how urgent it is, how a channel retries. Rows with a start."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.notifications.domain.retrying import ChannelPolicy

POLICY = """
    SELECT most_attempts, first_retry_s, longest_retry_s, lease_s, batch FROM channel_setting
    WHERE channel = :channel AND effective_from <= :now ORDER BY effective_from DESC LIMIT 1
"""
_POLICY = Planned("policy_of_channel", POLICY)
_TOPIC = Planned(
    "topic",
    """
    SELECT setting.channels, setting.priority, setting.valid_for_s, words.channel, words.language, words.subject,
           words.body
    FROM (SELECT channels, priority, valid_for_s FROM topic_setting
          WHERE topic = :topic AND effective_from <= :now ORDER BY effective_from DESC LIMIT 1) AS setting,
         (SELECT DISTINCT ON (channel, language) channel, language, subject, body FROM template
          WHERE topic = :topic ORDER BY channel, language, version DESC) AS words
    """,
)


@dataclass(frozen=True)
class TopicSetting:
    """``valid_for_s``: seconds after which nobody needs the message any more. ``templates`` in force, each with subject
    and body, by channel and language."""

    channels: frozenset[str]
    priority: int
    valid_for_s: int
    templates: Mapping[tuple[str, str], Any]


def setting_of(work: Work, topic: str) -> TopicSetting:
    rows = work.execute(_TOPIC, {"topic": topic, "now": work.now}).all()
    templates = {(row.channel, row.language): row for row in rows}
    return TopicSetting(frozenset(rows[0].channels), rows[0].priority, rows[0].valid_for_s, templates)


def policy_of(work: Work, channel: str) -> ChannelPolicy:
    return ChannelPolicy(*work.execute(_POLICY, {"channel": channel, "now": work.now}).one())
