"""The tables of orders, as the queries see them; the migrations hold their rules."""

from services.orders.storage.tables.aftersale import (
    after_sale_case,
    after_sale_reason,
    after_sale_refund,
    after_sale_terms,
    after_sale_unit,
)
from services.orders.storage.tables.base import metadata
from services.orders.storage.tables.books import (
    bill_difference,
    bill_terms,
    escrow_terms,
    merchant_entry,
    merchant_escrow,
    provider_bill,
    provider_bill_line,
)
from services.orders.storage.tables.fulfilment import issued_code, parcel, pick_up, provisioner, provisioning
from services.orders.storage.tables.money import payment, payment_notice, payment_share, refund, tender, tender_event
from services.orders.storage.tables.placed import order_fact, order_flow, order_line, orders, sale_terms, step_policy

__all__ = [
    "after_sale_case",
    "after_sale_reason",
    "after_sale_refund",
    "after_sale_terms",
    "after_sale_unit",
    "bill_difference",
    "bill_terms",
    "escrow_terms",
    "issued_code",
    "merchant_entry",
    "merchant_escrow",
    "metadata",
    "order_fact",
    "order_flow",
    "order_line",
    "orders",
    "parcel",
    "payment",
    "payment_notice",
    "payment_share",
    "pick_up",
    "provider_bill",
    "provider_bill_line",
    "provisioner",
    "provisioning",
    "refund",
    "sale_terms",
    "step_policy",
    "tender",
    "tender_event",
]
