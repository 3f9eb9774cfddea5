"""The providers' bills, and what merchants have."""

import sqlalchemy as sa

from services.orders.storage.tables.base import Moment, table

bill_terms = table(
    "bill_terms",
    provider=sa.Text,
    effective_from=Moment,
    ready_at_minute=sa.Integer,
    ask_every_s=sa.Integer,
    days_back=sa.Integer,
    absent_after_h=sa.Integer,
    tolerance_fen=sa.Integer,
    actor=sa.Text,
    reason=sa.Text,
)
provider_bill = table(
    "provider_bill",
    provider=sa.Text,
    day=sa.Date,
    state=sa.Text,
    due_at=Moment,
    tries=sa.Integer,
    problem=sa.Text,
    sha256=sa.Text,
    lines=sa.Integer,
    paid_fen=sa.BigInteger,
    refunded_fen=sa.BigInteger,
    fee_fen=sa.BigInteger,
    read_at=Moment,
    compared_to=sa.Integer,
    compared_at=Moment,
    reviewed_at=Moment,
)
provider_bill_line = table(
    "provider_bill_line",
    provider=sa.Text,
    day=sa.Date,
    line_no=sa.Integer,
    kind=sa.Text,
    number=sa.Text,
    provider_no=sa.Text,
    amount_fen=sa.BigInteger,
    fee_fen=sa.BigInteger,
    at=Moment,
)
bill_difference = table(
    "bill_difference",
    difference_id=sa.Text,
    provider=sa.Text,
    day=sa.Date,
    kind=sa.Text,
    what=sa.Text,
    number=sa.Text,
    provider_no=sa.Text,
    ours_fen=sa.BigInteger,
    theirs_fen=sa.BigInteger,
    state=sa.Text,
    found_at=Moment,
    closed_at=Moment,
    closed_by=sa.Text,
    note=sa.Text,
)
escrow_terms = table(
    "escrow_terms",
    merchant_id=sa.Text,
    effective_from=Moment,
    days_after_delivery=sa.Integer,
    actor=sa.Text,
    reason=sa.Text,
)
merchant_escrow = table(
    "merchant_escrow", order_id=sa.Text, merchant_id=sa.Text, state=sa.Text, look_at=Moment, credited_at=Moment
)
merchant_entry = table(
    "merchant_entry",
    id=sa.BigInteger,
    order_id=sa.Text,
    merchant_id=sa.Text,
    operation=sa.Text,
    kind=sa.Text,
    points=sa.BigInteger,
    coins=sa.BigInteger,
    cash_fen=sa.BigInteger,
    at=Moment,
    actor=sa.Text,
)
