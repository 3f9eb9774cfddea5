"""First texts for points that are about to expire, and for points that have.

Revision ID: 0002
"""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ACTOR = "migration:0002"
SIGNATURES = {"zh": "【积分商城】{}", "en": "Points Mall: {}"}
LETTERS = {
    "zh": "{{% if name %}}{{{{ name }}}}，{{% endif %}}您好！\n\n{}\n\n积分商城",
    "en": "Hello{{% if name %}} {{{{ name }}}}{{% endif %}},\n\n{}\n\nYour points mall",
}
INSERT_TEMPLATE = sa.text(
    "INSERT INTO template VALUES (:topic, :channel, :language, 1, :subject, :body, :actor, now())"
)
INSERT_SETTING = sa.text(
    "INSERT INTO topic_setting VALUES (:topic, '-infinity', :channels, :priority, :valid_for_s, :actor)"
)


def upgrade() -> None:
    first = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    for topic, of_topic in first.items():
        setting = {key: of_topic[key] for key in ("channels", "priority", "valid_for_s")}
        op.get_bind().execute(INSERT_SETTING, {"topic": topic, "actor": ACTOR, **setting})
        op.get_bind().execute(INSERT_TEMPLATE, _templates(topic, of_topic))


def downgrade() -> None:
    for table in ("template", "topic_setting"):
        op.execute(f"DELETE FROM {table} WHERE topic IN ('points_expiring', 'points_expired')")  # noqa: S608


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
        for channel, (subject, body) in forms.items():
            row = {"topic": topic, "channel": channel, "language": language, "subject": subject, "body": body}
            rows.append({**row, "actor": ACTOR})
    return rows
