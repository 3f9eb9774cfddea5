"""Contacts, templates with their first texts, messages with their parts and receipts, the inbox."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from services.chassis.data.tables import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None

ACTOR = "migration:0001"
SIGNATURES = {"zh": "【积分商城】{}", "en": "Points Mall: {}"}
LETTERS = {
    "zh": "{{% if name %}}{{{{ name }}}}，{{% endif %}}您好！\n\n{}\n\n积分商城",
    "en": "Hello{{% if name %}} {{{{ name }}}}{{% endif %}},\n\n{}\n\nYour points mall",
}

TABLES = """
CREATE TABLE contact (
    member_id text PRIMARY KEY,
    phone text NOT NULL,
    email text,
    name text,
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    version bigint NOT NULL,
    as_of timestamptz NOT NULL
);
CREATE TABLE template (
    topic text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('sms', 'email', 'inbox')),
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    version integer NOT NULL CHECK (version > 0),
    subject text NOT NULL,
    body text NOT NULL CHECK (body <> ''),
    actor text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (topic, channel, language, version)
);
CREATE TABLE topic_setting (
    topic text NOT NULL,
    effective_from timestamptz NOT NULL,
    channels text[] NOT NULL CHECK (channels <@ ARRAY['sms', 'email', 'inbox']),
    priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 100),
    valid_for_s integer NOT NULL CHECK (valid_for_s > 0),
    actor text NOT NULL,
    PRIMARY KEY (topic, effective_from)
);
CREATE TABLE channel_setting (
    channel text NOT NULL CHECK (channel IN ('sms', 'email')),
    effective_from timestamptz NOT NULL,
    most_attempts smallint NOT NULL CHECK (most_attempts > 0),
    first_retry_s integer NOT NULL CHECK (first_retry_s > 0),
    longest_retry_s integer NOT NULL CHECK (longest_retry_s >= first_retry_s),
    lease_s integer NOT NULL CHECK (lease_s > 0),
    batch smallint NOT NULL CHECK (batch > 0),
    actor text NOT NULL,
    PRIMARY KEY (channel, effective_from)
);
CREATE TABLE message (
    message_id text PRIMARY KEY,
    event_id text NOT NULL,
    member_id text,
    topic text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('sms', 'email')),
    language text NOT NULL CHECK (language IN ('zh', 'en')),
    recipient text NOT NULL,
    subject text,
    body text,
    priority smallint NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'delivered', 'failed')),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    claims integer NOT NULL DEFAULT 0 CHECK (claims >= attempts),
    parts smallint,
    problem text,
    created_at timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    leased_until timestamptz,
    expires_at timestamptz NOT NULL,
    settled_at timestamptz,
    UNIQUE NULLS NOT DISTINCT (event_id, channel, member_id),
    CHECK ((state = 'sending') = (leased_until IS NOT NULL)),
    CHECK ((state IN ('delivered', 'failed')) = (settled_at IS NOT NULL)),
    CONSTRAINT codes_are_never_kept CHECK (
        (topic = 'sign_in_code') = (body IS NULL) AND (topic <> 'sign_in_code' OR recipient LIKE '%*%')
    )
);
CREATE INDEX message_queued ON message (channel, priority, next_attempt_at) WHERE state = 'queued';
CREATE INDEX message_sending ON message (leased_until) WHERE state = 'sending';
CREATE INDEX message_expiring ON message (expires_at) WHERE state IN ('queued', 'sending');
CREATE INDEX message_of_member ON message (member_id, message_id);
CREATE TABLE message_part (
    provider text NOT NULL,
    provider_message_id text NOT NULL,
    message_id text NOT NULL REFERENCES message,
    part_no smallint NOT NULL CHECK (part_no > 0),
    state text NOT NULL CHECK (state IN ('sent', 'delivered', 'failed')),
    accepted_at timestamptz NOT NULL,
    PRIMARY KEY (provider, provider_message_id)
);
CREATE INDEX message_part_of_message ON message_part (message_id);
CREATE TABLE receipt (
    receipt_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider text NOT NULL,
    provider_message_id text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('delivered', 'failed')),
    received_at timestamptz NOT NULL,
    UNIQUE (provider, provider_message_id, outcome)
);
CREATE TABLE inbox_message (
    message_id text PRIMARY KEY,
    event_id text NOT NULL,
    member_id text NOT NULL,
    topic text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    UNIQUE (event_id, member_id)
);
CREATE INDEX inbox_message_of_member ON inbox_message (member_id, message_id);
INSERT INTO channel_setting VALUES
    ('sms', '-infinity', 6, 10, 900, 60, 20, 'migration:0001'),
    ('email', '-infinity', 6, 30, 1800, 120, 10, 'migration:0001');
"""
INSERT_TEMPLATE = sa.text(
    "INSERT INTO template VALUES (:topic, :channel, :language, 1, :subject, :body, :actor, now())"
)
INSERT_SETTING = sa.text(
    "INSERT INTO topic_setting VALUES (:topic, '-infinity', :channels, :priority, :valid_for_s, :actor)"
)


def upgrade() -> None:
    create_chassis_tables(op)
    op.execute(TABLES)
    first = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    for topic, of_topic in first.items():
        setting = {key: of_topic[key] for key in ("channels", "priority", "valid_for_s")}
        op.get_bind().execute(INSERT_SETTING, {"topic": topic, "actor": ACTOR, **setting})
        op.get_bind().execute(INSERT_TEMPLATE, _templates(topic, of_topic))


def downgrade() -> None:
    op.execute(
        "DROP TABLE inbox_message, receipt, message_part, message, channel_setting, topic_setting, template, contact"
    )
    drop_chassis_tables(op)


def _templates(topic: str, of_topic: dict) -> list[dict[str, str]]:
    """A template for every channel and language, also for channels that are off at first."""
    rows = []
    for language in ("zh", "en"):
        title, text = of_topic[language]["title"], of_topic[language]["text"]
        forms = {
            "sms": ("", SIGNATURES[language].format(text)),
            "email": (title, LETTERS[language].format(text)),
            "inbox": (title, text),
        }
        channels = ["sms"] if topic == "sign_in_code" else list(forms)
        for channel in channels:
            subject, body = forms[channel]
            row = {"topic": topic, "channel": channel, "language": language, "subject": subject, "body": body}
            rows.append({**row, "actor": ACTOR})
    return rows
