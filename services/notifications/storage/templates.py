"""Templates: the highest version of a (topic, channel, language) is in force; earlier ones stay for the record."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.notifications.storage.tables import template

_KEY = (template.c.topic, template.c.channel, template.c.language)
_CURRENT = sa.select(template).distinct(*_KEY).order_by(*_KEY, template.c.version.desc())


def templates_in_force(work: Work, topic: str | None = None) -> dict[tuple[str, str, str], Any]:
    """By (topic, channel, language); all topics if none is named."""
    statement = _CURRENT if topic is None else _CURRENT.where(template.c.topic == topic)
    return {(row.topic, row.channel, row.language): row for row in work.execute(statement)}


def add_template(work: Work, request: dict[str, Any], version: int) -> None:
    row = {name: request[name] for name in ("topic", "channel", "language", "subject", "body", "actor")}
    work.execute(template.insert().values(**row, version=version, created_at=work.now))


def newest_version(work: Work, topic: str, channel: str, language: str) -> int:
    """0 if there is none."""
    found = sa.select(sa.func.coalesce(sa.func.max(template.c.version), 0)).where(
        template.c.topic == topic, template.c.channel == channel, template.c.language == language
    )
    return int(work.execute(found).scalar_one())
