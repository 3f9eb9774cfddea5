"""The tables of orders, as the queries see them; the migrations hold their rules."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = sa.MetaData()
_Moment = sa.TIMESTAMP(timezone=True)


def _table(name: str, **columns: sa.types.TypeEngine | type[sa.types.TypeEngine]) -> sa.Table:
    return sa.Table(name, metadata, *(sa.Column(column, kind) for column, kind in columns.items()))


sale_terms = _table(
    "sale_terms",
    effective_from=_Moment,
    pay_window_s=sa.Integer,
    hold_grace_s=sa.Integer,
    covered_hold_s=sa.Integer,
    auto_complete_days=sa.Integer,
    fetch_days=sa.Integer,
    approval_window_s=sa.Integer,
    actor=sa.Text,
    reason=sa.Text,
)
orders = _table(
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
    placed_at=_Moment,
    pay_by=_Moment,
    approve_by=_Moment,
    approved_at=_Moment,
    confirmed_at=_Moment,
    allotted_at=_Moment,
    delivered_at=_Moment,
    completed_at=_Moment,
    ended_at=_Moment,
    close_reason=sa.Text,
    closed_by=sa.Text,
    due_at=_Moment,
    lane=sa.Text,
    stuck_step=sa.Text,
    variant=sa.Text,
    pick_up_at=sa.Text,
    plan=JSONB(none_as_null=True),
)
order_flow = _table(
    "order_flow", delivery=sa.Text, variant=sa.Text, effective_from=_Moment, steps=JSONB, actor=sa.Text, reason=sa.Text
)
step_policy = _table(
    "step_policy",
    step=sa.Text,
    effective_from=_Moment,
    ask_after_s=sa.Integer,
    ask_every_s=sa.Integer,
    stuck_after_s=sa.Integer,
    actor=sa.Text,
    reason=sa.Text,
)
order_line = _table(
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
)
tender = _table("tender", tender_id=sa.Text, order_id=sa.Text, kind=sa.Text, provider=sa.Text, due=sa.BigInteger)
tender_event = _table(
    "tender_event",
    id=sa.BigInteger,
    tender_id=sa.Text,
    op=sa.Text,
    outcome=sa.Text,
    amount=sa.BigInteger,
    reference=sa.Text,
    provider_ref=sa.Text,
    notify_id=sa.Text,
    recorded_at=_Moment,
    actor=sa.Text,
)
payment = _table(
    "payment",
    payment_id=sa.Text,
    purchase_id=sa.Text,
    provider=sa.Text,
    amount_fen=sa.BigInteger,
    status=sa.Text,
    provider_trade_no=sa.Text,
    started_at=_Moment,
    expires_at=_Moment,
)
payment_share = _table(
    "payment_share", payment_id=sa.Text, order_id=sa.Text, amount_fen=sa.BigInteger, given_back_fen=sa.BigInteger
)
payment_notice = _table(
    "payment_notice",
    provider=sa.Text,
    notify_id=sa.Text,
    payment_id=sa.Text,
    outcome=sa.Text,
    form=JSONB,
    received_at=_Moment,
)
refund = _table(
    "refund",
    refund_id=sa.Text,
    payment_id=sa.Text,
    order_id=sa.Text,
    amount_fen=sa.BigInteger,
    reason=sa.Text,
    status=sa.Text,
    due_at=_Moment,
    attempts=sa.Integer,
    problem=sa.Text,
)
parcel = _table(
    "parcel",
    shipment_id=sa.Text,
    order_id=sa.Text,
    carrier=sa.Text,
    carrier_name_zh=sa.Text,
    carrier_name_en=sa.Text,
    waybill_no=sa.Text,
    line_nos=ARRAY(sa.Integer),
    status=sa.Text,
    occurred_at=_Moment,
)
issued_code = _table(
    "issued_code",
    order_id=sa.Text,
    code=sa.Text,
    sku_id=sa.Text,
    element_id=sa.Text,
    valid_until=sa.Text,
    issued_at=_Moment,
    verified_at=_Moment,
    deeds=sa.Integer,
    voided_at=_Moment,
)
provisioner = _table(
    "provisioner",
    provisioner=sa.Text,
    effective_from=_Moment,
    adapter=sa.Text,
    endpoint=sa.Text,
    secret_name=sa.Text,
    timeout_ms=sa.Integer,
    asks_for=sa.Text,
    pattern=sa.Text,
    can_reverse=sa.Boolean,
    is_paused=sa.Boolean,
    name_zh=sa.Text,
    name_en=sa.Text,
    actor=sa.Text,
    reason=sa.Text,
)
provisioning = _table(
    "provisioning",
    operation_id=sa.Text,
    order_id=sa.Text,
    line_no=sa.Integer,
    element_id=sa.Text,
    round=sa.Integer,
    provisioner=sa.Text,
    product=sa.Text,
    account=sa.Text,
    units=sa.BigInteger,
    can_reverse=sa.Boolean,
    state=sa.Text,
    reference=sa.Text,
    problem=sa.Text,
    attempts=sa.Integer,
    asked_at=_Moment,
    changed_at=_Moment,
)
pick_up = _table(
    "pick_up",
    order_id=sa.Text,
    name_zh=sa.Text,
    name_en=sa.Text,
    code=sa.Text,
    prepared_at=_Moment,
    fetch_by=_Moment,
    collected_at=_Moment,
    key_id=sa.Text,
)
order_fact = _table(
    "order_fact", id=sa.BigInteger, order_id=sa.Text, what=sa.Text, at=_Moment, actor=sa.Text, details=JSONB
)
after_sale_terms = _table(
    "after_sale_terms",
    merchant_id=sa.Text,
    effective_from=_Moment,
    return_days=sa.Integer,
    auto_approve_hours=sa.Integer,
    send_back_days=sa.Integer,
    dispute_days=sa.Integer,
    return_address=JSONB,
    actor=sa.Text,
    reason=sa.Text,
)
after_sale_reason = _table(
    "after_sale_reason",
    reason=sa.Text,
    effective_from=_Moment,
    kinds=ARRAY(sa.Text),
    name_zh=sa.Text,
    name_en=sa.Text,
    actor=sa.Text,
    because=sa.Text,
)
after_sale_case = _table(
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
    decided_at=_Moment,
    return_address=JSONB(none_as_null=True),
    carrier=sa.Text,
    waybill_no=sa.Text,
    place_id=sa.Text,
    disputed_at=_Moment,
    dispute_note=sa.Text,
    replaced_by=sa.Text,
    opened_by=sa.Text,
    opened_at=_Moment,
    due_at=_Moment,
    problem=sa.Text,
    ended_at=_Moment,
    version=sa.BigInteger,
)
after_sale_unit = _table(
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
after_sale_refund = _table(
    "after_sale_refund", case_id=sa.Text, tender_id=sa.Text, reference=sa.Text, amount=sa.BigInteger
)
bill_terms = _table(
    "bill_terms",
    provider=sa.Text,
    effective_from=_Moment,
    ready_at_minute=sa.Integer,
    ask_every_s=sa.Integer,
    days_back=sa.Integer,
    absent_after_h=sa.Integer,
    tolerance_fen=sa.Integer,
    actor=sa.Text,
    reason=sa.Text,
)
provider_bill = _table(
    "provider_bill",
    provider=sa.Text,
    day=sa.Date,
    state=sa.Text,
    due_at=_Moment,
    tries=sa.Integer,
    problem=sa.Text,
    sha256=sa.Text,
    lines=sa.Integer,
    paid_fen=sa.BigInteger,
    refunded_fen=sa.BigInteger,
    fee_fen=sa.BigInteger,
    read_at=_Moment,
    compared_to=sa.Integer,
    compared_at=_Moment,
    reviewed_at=_Moment,
)
provider_bill_line = _table(
    "provider_bill_line",
    provider=sa.Text,
    day=sa.Date,
    line_no=sa.Integer,
    kind=sa.Text,
    number=sa.Text,
    provider_no=sa.Text,
    amount_fen=sa.BigInteger,
    fee_fen=sa.BigInteger,
    at=_Moment,
)
bill_difference = _table(
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
    found_at=_Moment,
    closed_at=_Moment,
    closed_by=sa.Text,
    note=sa.Text,
)
escrow_terms = _table(
    "escrow_terms",
    merchant_id=sa.Text,
    effective_from=_Moment,
    days_after_delivery=sa.Integer,
    actor=sa.Text,
    reason=sa.Text,
)
merchant_escrow = _table(
    "merchant_escrow", order_id=sa.Text, merchant_id=sa.Text, state=sa.Text, look_at=_Moment, credited_at=_Moment
)
merchant_entry = _table(
    "merchant_entry",
    id=sa.BigInteger,
    order_id=sa.Text,
    merchant_id=sa.Text,
    operation=sa.Text,
    kind=sa.Text,
    points=sa.BigInteger,
    coins=sa.BigInteger,
    cash_fen=sa.BigInteger,
    at=_Moment,
    actor=sa.Text,
)
