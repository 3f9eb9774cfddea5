"""The tables of members. Constraints, defaults and seeds are in the migrations."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

metadata = sa.MetaData()
TIME = sa.TIMESTAMP(timezone=True)

member = sa.Table(
    "member",
    metadata,
    sa.Column("member_id", sa.Text, primary_key=True),
    sa.Column("subscriber_no", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("language", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("tier", sa.Text),
    sa.Column("qualifying_points", sa.BigInteger),
    sa.Column("channel", sa.Text),
    sa.Column("enrolled_at", TIME),
    sa.Column("in_network_since", TIME),
    sa.Column("version", sa.BigInteger),
)

sign_in_code = sa.Table(
    "sign_in_code",
    metadata,
    sa.Column("code_id", sa.Text, primary_key=True),
    sa.Column("request_id", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("code_hash", sa.LargeBinary),
    sa.Column("requested_at", TIME),
    sa.Column("expires_at", TIME),
    sa.Column("sends", sa.Integer),
    sa.Column("tries", sa.Integer),
    sa.Column("last_guess", sa.LargeBinary),
    sa.Column("sent_at", TIME),
    sa.Column("voided_at", TIME),
    sa.Column("used_at", TIME),
    sa.Column("replaced_at", TIME),
)

code_request = sa.Table(
    "code_request",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("phone", sa.Text),
    sa.Column("requested_at", TIME),
)

code_limit = sa.Table(
    "code_limit",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("scope", sa.Text),
    sa.Column("window_s", sa.Integer),
    sa.Column("most", sa.Integer),
    sa.Column("effective_from", TIME),
    sa.Column("actor", sa.Text),
)

code_day = sa.Table(
    "code_day",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("codes", sa.BigInteger),
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("session_id", sa.Text, primary_key=True),
    sa.Column("member_id", sa.Text),
    sa.Column("token_hash", sa.LargeBinary),
    sa.Column("request_id", sa.Text),
    sa.Column("code_id", sa.Text),
    sa.Column("enrolled", sa.Boolean),
    sa.Column("channel", sa.Text),
    sa.Column("device", sa.Text),
    sa.Column("started_at", TIME),
    sa.Column("last_seen_at", TIME),
    sa.Column("expires_at", TIME),
    sa.Column("revoked_at", TIME),
)

state_change = sa.Table(
    "state_change",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("member_id", sa.Text),
    sa.Column("change", sa.Text),
    sa.Column("previous", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("actor", sa.Text),
    sa.Column("version", sa.BigInteger),
    sa.Column("changed_at", TIME),
)

tier_rule = sa.Table(
    "tier_rule",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("tier", sa.Text),
    sa.Column("least_points", sa.BigInteger),
    sa.Column("effective_from", TIME),
    sa.Column("actor", sa.Text),
)

tier_change = sa.Table(
    "tier_change",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("member_id", sa.Text),
    sa.Column("previous", sa.Text),
    sa.Column("tier", sa.Text),
    sa.Column("qualifying_points", sa.BigInteger),
    sa.Column("cause", sa.Text),
    sa.Column("actor", sa.Text),
    sa.Column("version", sa.BigInteger),
    sa.Column("changed_at", TIME),
)

trade_fact = sa.Table(
    "trade_fact",
    metadata,
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("verdict", sa.Text, primary_key=True),
    sa.Column("member_id", sa.Text),
    sa.Column("cause", sa.Text),
    sa.Column("occurred_at", TIME),
    sa.Column("recorded_at", TIME),
)

credit_policy = sa.Table(
    "credit_policy",
    metadata,
    sa.Column("effective_from", TIME, primary_key=True),
    sa.Column("vip_tiers", ARRAY(sa.Text)),
    sa.Column("good_trades_needed", sa.Integer),
    sa.Column("bad_per_mille", sa.Integer),
    sa.Column("window_days", sa.Integer),
    sa.Column("most_open_orders", sa.Integer),
    sa.Column("most_open_fen", sa.BigInteger),
    sa.Column("actor", sa.Text),
    sa.Column("reason", sa.Text),
)

qualifying_month = sa.Table(
    "qualifying_month",
    metadata,
    sa.Column("member_id", sa.Text, primary_key=True),
    sa.Column("month", sa.Date, primary_key=True),
    sa.Column("points", sa.BigInteger),
)
