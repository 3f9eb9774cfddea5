"""Tables of logistics. The DDL with its checks is in migrations/."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = sa.MetaData()


def _instant(name: str) -> sa.Column:
    return sa.Column(name, sa.TIMESTAMP(timezone=True))


carrier = sa.Table(
    "carrier",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name_zh", sa.Text),
    sa.Column("name_en", sa.Text),
    sa.Column("adapter", sa.Text),
    sa.Column("endpoint", sa.Text),
    sa.Column("secret_name", sa.Text),
    sa.Column("coverage", ARRAY(sa.Text)),
    sa.Column("first_fen", sa.BigInteger),
    sa.Column("priority", sa.Integer),
    sa.Column("is_active", sa.Boolean),
    sa.Column("collects_cash", sa.Boolean),
    sa.Column("version", sa.BigInteger),
    _instant("updated_at"),
)

carrier_change = sa.Table(
    "carrier_change",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("carrier", sa.Text),
    sa.Column("actor", sa.Text),
    sa.Column("before", JSONB(none_as_null=True)),
    sa.Column("after", JSONB),
    _instant("changed_at"),
)

# How the carrier's API fares: a running state, not configuration.
carrier_health = sa.Table(
    "carrier_health",
    metadata,
    sa.Column("carrier", sa.Text, primary_key=True),
    sa.Column("failures", sa.Integer),
    _instant("resting_until"),
    sa.Column("last_problem", sa.Text),
)

sender = sa.Table(
    "sender",
    metadata,
    sa.Column("merchant_id", sa.Text, primary_key=True),
    sa.Column("address", JSONB),
)

shipment = sa.Table(
    "shipment",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("order_id", sa.Text),
    sa.Column("member_id", sa.Text),
    sa.Column("merchant_id", sa.Text),
    sa.Column("generation", sa.Integer),
    sa.Column("lines", JSONB),
    sa.Column("recipient", JSONB),
    sa.Column("collect_fen", sa.BigInteger),
    sa.Column("status", sa.Text),
    sa.Column("version", sa.BigInteger),
    sa.Column("carrier", sa.Text),
    sa.Column("assignment", JSONB),
    sa.Column("tried_carriers", ARRAY(sa.Text)),
    sa.Column("attempts", sa.Integer),
    sa.Column("may_be_booked", sa.Boolean),
    sa.Column("is_emptied", sa.Boolean),
    _instant("due_at"),
    sa.Column("last_problem", sa.Text),
    sa.Column("waybill_no", sa.Text),
    sa.Column("label_url", sa.Text),
    sa.Column("estimated_delivery_on", sa.Text),
    _instant("dispatched_at"),
    _instant("heard_at"),
    _instant("polled_at"),
    _instant("handed_over_at"),
    _instant("undo_due_at"),
    sa.Column("undo_attempts", sa.Integer),
    _instant("undo_refused_at"),
    _instant("created_at"),
    _instant("updated_at"),
)

_SCAN = ("event_id", "status", "location", "signed_by", "remark")

scan = sa.Table(
    "scan",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("shipment_id", sa.Text),
    sa.Column("carrier", sa.Text),
    sa.Column("webhook_id", sa.Text),
    sa.Column("waybill_no", sa.Text),
    sa.Column("collected_fen", sa.BigInteger),
    _instant("occurred_at"),
    _instant("recorded_at"),
    *(sa.Column(name, sa.Text) for name in _SCAN),
)

parked_callback = sa.Table(
    "parked_callback",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("carrier", sa.Text),
    sa.Column("webhook_id", sa.Text),
    sa.Column("waybill_no", sa.Text),
    sa.Column("reference", sa.Text),
    sa.Column("collected_fen", sa.BigInteger),
    _instant("occurred_at"),
    _instant("parked_at"),
    _instant("applied_at"),
    *(sa.Column(name, sa.Text) for name in _SCAN),
)

dispatch_stop = sa.Table(
    "dispatch_stop",
    metadata,
    sa.Column("order_id", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text),
    _instant("stopped_at"),
)

# What members called off of an order that goes on; append-only.
withheld_piece = sa.Table(
    "withheld_piece",
    metadata,
    sa.Column("request_id", sa.Text, primary_key=True),
    sa.Column("line_no", sa.Integer, primary_key=True),
    sa.Column("order_id", sa.Text),
    sa.Column("quantity", sa.Integer),
    sa.Column("reason", sa.Text),
    _instant("withheld_at"),
)
