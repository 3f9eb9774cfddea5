"""Tables that every service's database has for the chassis' own use."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("exchange", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("envelope", sa.Text, nullable=False),
    sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
)

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("handler", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("applied_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
)

answer = sa.Table(
    "answer",
    metadata,
    sa.Column("command", sa.Text, primary_key=True),
    sa.Column("request_id", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("reply", JSONB, nullable=False),
    sa.Column("answered_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
)

job = sa.Table(
    "job",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("next_run_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("leased_until", sa.TIMESTAMP(timezone=True)),
    sa.Column("last_finished_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("last_error", sa.Text),
    sa.Column("runs", sa.BigInteger, nullable=False, server_default="0"),
)

sa.Index("inbox_applied_at", inbox.c.applied_at)
sa.Index("answer_answered_at", answer.c.answered_at)


def create_chassis_tables(op: object) -> None:
    """For a service's first migration: ``create_chassis_tables(op)``."""
    metadata.create_all(op.get_bind(), checkfirst=False)  # type: ignore[attr-defined]


def drop_chassis_tables(op: object) -> None:
    metadata.drop_all(op.get_bind())  # type: ignore[attr-defined]
