"""The tables that statements built in Python use; the migrations are where they are made and constrained."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

account = sa.Table(
    "account",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("posted", sa.BigInteger, nullable=False),
    sa.Column("held", sa.BigInteger, nullable=False),
    sa.Column("lifetime", sa.BigInteger, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("idem", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("source", sa.Text),
    sa.Column("ref", sa.Text),
    sa.Column("corrects", sa.BigInteger),
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("posted_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("result", JSONB, nullable=False),
)

hold = sa.Table(
    "hold",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("account_id", sa.BigInteger),
    sa.Column("amount", sa.BigInteger, nullable=False),
    sa.Column("captured", sa.BigInteger, nullable=False),
    sa.Column("refunded", sa.BigInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("order_ended", sa.Boolean, nullable=False),
    sa.Column("expires_at", sa.TIMESTAMP(timezone=True)),
    sa.Column("settled_at", sa.TIMESTAMP(timezone=True)),
)

bill_run = sa.Table(
    "bill_run",
    metadata,
    sa.Column("no", sa.BigInteger, primary_key=True),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("sha256", sa.LargeBinary),
    sa.Column("effective_on", sa.Date, nullable=False),
    sa.Column("expires_on", sa.Date, nullable=False),
    sa.Column("lines", sa.BigInteger, nullable=False),
    sa.Column("amount_fen", sa.BigInteger, nullable=False),
    sa.Column("declared_lines", sa.BigInteger),
    sa.Column("declared_fen", sa.BigInteger),
    sa.Column("rejected_lines", sa.BigInteger, nullable=False),
    sa.Column("refused_because", sa.Text),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("finished_at", sa.TIMESTAMP(timezone=True)),
)
