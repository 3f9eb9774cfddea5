"""After the sale."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.orders.storage.tables.base import Moment, table

after_sale_terms = table(
    "after_sale_terms",
    merchant_id=sa.Text,
    effective_from=Moment,
    return_days=sa.Integer,
    auto_approve_hours=sa.Integer,
    send_back_days=sa.Integer,
    dispute_days=sa.Integer,
    return_address=JSONB,
    actor=sa.Text,
    reason=sa.Text,
)
after_sale_reason = table(
    "after_sale_reason",
    reason=sa.Text,
    effective_from=Moment,
    kinds=ARRAY(sa.Text),
    name_zh=sa.Text,
    name_en=sa.Text,
    actor=sa.Text,
    because=sa.Text,
)
after_sale_case = table(
    "after_sale_case",
    case_id=sa.Text,
    order_id=sa.Text,
    member_id=sa.Text,
    merchant_id=sa.Text,
    kind=sa.Text,
    status=sa.Text,
    reason=sa.Text,
    note=sa.Text,
    decided_by=sa.Text,
    decided_because=sa.Text,
    decided_at=Moment,
    return_address=JSONB(none_as_null=True),
    carrier=sa.Text,
    waybill_no=sa.Text,
    place_id=sa.Text,
    disputed_at=Moment,
    dispute_note=sa.Text,
    replaced_by=sa.Text,
    opened_by=sa.Text,
    opened_at=Moment,
    due_at=Moment,
    tries=sa.Integer,
    problem=sa.Text,
    stuck_at=Moment,
    is_stuck=sa.Boolean,
    ended_at=Moment,
    version=sa.BigInteger,
)
after_sale_unit = table(
    "after_sale_unit",
    case_id=sa.Text,
    order_id=sa.Text,
    line_no=sa.Integer,
    unit_no=sa.Integer,
    points=sa.BigInteger,
    coins=sa.BigInteger,
    cash_fen=sa.BigInteger,
    verdict=sa.Text,
    claims=sa.Boolean,
    given_back_in=sa.BigInteger,
    is_given_back=sa.Boolean,
)
after_sale_refund = table(
    "after_sale_refund", case_id=sa.Text, tender_id=sa.Text, reference=sa.Text, amount=sa.BigInteger
)
