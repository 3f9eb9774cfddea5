"""Orders, their lines, and the terms under which they were placed."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.orders.storage.tables.base import Moment, table

sale_terms = table(
    "sale_terms",
    effective_from=Moment,
    pay_window_s=sa.Integer,
    hold_grace_s=sa.Integer,
    covered_hold_s=sa.Integer,
    auto_complete_days=sa.Integer,
    fetch_days=sa.Integer,
    approval_window_s=sa.Integer,
    actor=sa.Text,
    reason=sa.Text,
)
orders = table(
    "orders",
    order_id=sa.Text,
    purchase_id=sa.Text,
    member_id=sa.Text,
    channel=sa.Text,
    language=sa.Text,
    status=sa.Text,
    payment_status=sa.Text,
    fulfilment_status=sa.Text,
    version=sa.BigInteger,
    points=sa.BigInteger,
    coins=sa.BigInteger,
    cash_fen=sa.BigInteger,
    delivery_address=JSONB(none_as_null=True),
    placed_at=Moment,
    pay_by=Moment,
    approve_by=Moment,
    approved_at=Moment,
    confirmed_at=Moment,
    allotted_at=Moment,
    delivered_at=Moment,
    completed_at=Moment,
    ended_at=Moment,
    close_reason=sa.Text,
    closed_by=sa.Text,
    due_at=Moment,
    lane=sa.Text,
    stuck_step=sa.Text,
    variant=sa.Text,
    pick_up_at=sa.Text,
    plan=JSONB(none_as_null=True),
)
order_flow = table(
    "order_flow", delivery=sa.Text, variant=sa.Text, effective_from=Moment, steps=JSONB, actor=sa.Text, reason=sa.Text
)
step_policy = table(
    "step_policy",
    step=sa.Text,
    effective_from=Moment,
    ask_after_s=sa.Integer,
    ask_every_s=sa.Integer,
    stuck_after_s=sa.Integer,
    back_off=sa.Numeric(4, 2),
    ask_longest_s=sa.Integer,
    actor=sa.Text,
    reason=sa.Text,
)
order_line = table(
    "order_line",
    order_id=sa.Text,
    line_no=sa.Integer,
    sku_id=sa.Text,
    goods_id=sa.Text,
    merchant_id=sa.Text,
    price_id=sa.Text,
    kind=sa.Text,
    name_zh=sa.Text,
    name_en=sa.Text,
    quantity=sa.Integer,
    points=sa.BigInteger,
    coins=sa.BigInteger,
    cash_fen=sa.BigInteger,
    unit_points=ARRAY(sa.BigInteger),
    unit_coins=ARRAY(sa.BigInteger),
    unit_cash_fen=ARRAY(sa.BigInteger),
    parts=JSONB,
    presale_id=sa.Text,
    ships_from=sa.Date,
    provision_to=sa.Text,
    ticket_id=sa.Text,
)
order_fact = table(
    "order_fact", id=sa.BigInteger, order_id=sa.Text, what=sa.Text, at=Moment, actor=sa.Text, details=JSONB
)
