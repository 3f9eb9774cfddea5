"""What becomes of goods: parcels, codes, what partners switch on, what is fetched."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.orders.storage.tables.base import Moment, table

parcel = table(
    "parcel",
    shipment_id=sa.Text,
    order_id=sa.Text,
    carrier=sa.Text,
    carrier_name_zh=sa.Text,
    carrier_name_en=sa.Text,
    waybill_no=sa.Text,
    line_nos=ARRAY(sa.Integer),
    status=sa.Text,
    occurred_at=Moment,
)
issued_code = table(
    "issued_code",
    order_id=sa.Text,
    code=sa.Text,
    sku_id=sa.Text,
    element_id=sa.Text,
    valid_until=sa.Text,
    issued_at=Moment,
    verified_at=Moment,
    deeds=sa.Integer,
    voided_at=Moment,
)
provisioner = table(
    "provisioner",
    provisioner=sa.Text,
    effective_from=Moment,
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
provisioning = table(
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
    asked_at=Moment,
    changed_at=Moment,
)
pick_up = table(
    "pick_up",
    order_id=sa.Text,
    name_zh=sa.Text,
    name_en=sa.Text,
    code=sa.Text,
    prepared_at=Moment,
    fetch_by=Moment,
    collected_at=Moment,
    key_id=sa.Text,
)
