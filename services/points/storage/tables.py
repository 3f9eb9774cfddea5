"""The tables that statements built in Python use; the migrations are where they are made and constrained."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

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
    sa.Column("happened_at", sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column("effective_on", sa.Date, sa.Computed("in China"), nullable=False),
    sa.Column("posted_at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.clock_timestamp()),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("rule", sa.Text),
    sa.Column("result", JSONB, nullable=False),
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
