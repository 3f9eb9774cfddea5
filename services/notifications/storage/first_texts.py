"""The first texts of topics, as a migration brings them in: a JSON file of titles and texts by topic and language."""

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

SIGNATURES = {"zh": "【积分商城】{}", "en": "Points Mall: {}"}
LETTERS = {
    "zh": "{{% if name %}}{{{{ name }}}}，{{% endif %}}您好！\n\n{}\n\n积分商城",
    "en": "Hello{{% if name %}} {{{{ name }}}}{{% endif %}},\n\n{}\n\nYour points mall",
}
_INSERT_TEMPLATE = sa.text(
    "INSERT INTO template VALUES (:topic, :channel, :language, 1, :subject, :body, :actor, now())"
)
_INSERT_SETTING = sa.text(
    "INSERT INTO topic_setting VALUES (:topic, '-infinity', :channels, :priority, :valid_for_s, :actor)"
)


def insert_first_texts(connection: sa.Connection, texts: Path, actor: str) -> None:
    """Each topic has "channels", "priority", "valid_for_s" and, for "zh" and "en", "title" and "text"."""
    for topic, of_topic in json.loads(texts.read_text(encoding="utf-8")).items():
        setting = {key: of_topic[key] for key in ("channels", "priority", "valid_for_s")}
        connection.execute(_INSERT_SETTING, {"topic": topic, "actor": actor, **setting})
        connection.execute(_INSERT_TEMPLATE, [{**row, "actor": actor} for row in templates_of(topic, of_topic)])


def templates_of(topic: str, of_topic: dict[str, Any]) -> list[dict[str, str]]:
    """One for every channel and language, also for channels that are off at first."""
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
            rows.append(row)
    return rows
