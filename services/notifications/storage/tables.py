"""The tables of notifications, as migrations/ made them."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

metadata = sa.MetaData()
_time = sa.TIMESTAMP(timezone=True)

contact = sa.Table(
    "contact",
    metadata,
    sa.Column("member_id", sa.Text, primary_key=True),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("email", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("as_of", _time, nullable=False),
)
template = sa.Table(
    "template",
    metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("language", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("created_at", _time, nullable=False),
)
topic_setting = sa.Table(
    "topic_setting",
    metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("effective_from", _time, primary_key=True),
    sa.Column("channels", ARRAY(sa.Text), nullable=False),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("valid_for_s", sa.Integer, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
)
channel_setting = sa.Table(
    "channel_setting",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("effective_from", _time, primary_key=True),
    sa.Column("most_attempts", sa.SmallInteger, nullable=False),
    sa.Column("first_retry_s", sa.Integer, nullable=False),
    sa.Column("longest_retry_s", sa.Integer, nullable=False),
    sa.Column("lease_s", sa.Integer, nullable=False),
    sa.Column("batch", sa.SmallInteger, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
)
# ``claims`` counts every taking up and fences its result; ``attempts`` only those that used up a try.
message = sa.Table(
    "message",
    metadata,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("member_id", sa.Text),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("subject", sa.Text),
    sa.Column("body", sa.Text),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("claims", sa.Integer, nullable=False, server_default="0"),
    sa.Column("parts", sa.SmallInteger),
    sa.Column("problem", sa.Text),
    sa.Column("created_at", _time, nullable=False),
    sa.Column("next_attempt_at", _time, nullable=False),
    sa.Column("leased_until", _time),
    sa.Column("expires_at", _time, nullable=False),
    sa.Column("settled_at", _time),
)
message_part = sa.Table(
    "message_part",
    metadata,
    sa.Column("provider", sa.Text, primary_key=True),
    sa.Column("provider_message_id", sa.Text, primary_key=True),
    sa.Column("message_id", sa.Text, sa.ForeignKey("message.message_id"), nullable=False),
    sa.Column("part_no", sa.SmallInteger, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("accepted_at", _time, nullable=False),
)
# Receipts are kept the moment they come and matched afterwards: one may be here before the part it speaks of.
receipt = sa.Table(
    "receipt",
    metadata,
    sa.Column("receipt_id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("provider_message_id", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("received_at", _time, nullable=False),
)
inbox_message = sa.Table(
    "inbox_message",
    metadata,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("member_id", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("created_at", _time, nullable=False),
    sa.Column("read_at", _time),
)
