"""What is due, paid and given back."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.orders.storage.tables.base import Moment, table

tender = table("tender", tender_id=sa.Text, order_id=sa.Text, kind=sa.Text, provider=sa.Text, due=sa.BigInteger)
tender_event = table(
    "tender_event",
    id=sa.BigInteger,
    tender_id=sa.Text,
    op=sa.Text,
    outcome=sa.Text,
    amount=sa.BigInteger,
    reference=sa.Text,
    provider_ref=sa.Text,
    notify_id=sa.Text,
    recorded_at=Moment,
    actor=sa.Text,
)
payment = table(
    "payment",
    payment_id=sa.Text,
    purchase_id=sa.Text,
    provider=sa.Text,
    amount_fen=sa.BigInteger,
    status=sa.Text,
    provider_trade_no=sa.Text,
    number=sa.Text,
    billed_as=sa.Text,
    started_at=Moment,
    expires_at=Moment,
)
payment_share = table(
    "payment_share", payment_id=sa.Text, order_id=sa.Text, amount_fen=sa.BigInteger, given_back_fen=sa.BigInteger
)
payment_notice = table(
    "payment_notice",
    provider=sa.Text,
    notify_id=sa.Text,
    payment_id=sa.Text,
    outcome=sa.Text,
    form=JSONB,
    received_at=Moment,
)
refund = table(
    "refund",
    refund_id=sa.Text,
    number=sa.Text,
    billed_as=sa.Text,
    payment_id=sa.Text,
    order_id=sa.Text,
    amount_fen=sa.BigInteger,
    reason=sa.Text,
    status=sa.Text,
    due_at=Moment,
    attempts=sa.Integer,
    problem=sa.Text,
)
