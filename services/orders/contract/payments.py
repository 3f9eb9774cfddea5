"""Paying a purchase, whose orders are paid at once, through an outside provider."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, text
from services.orders.contract.vocabulary import (
    AMOUNT_DIFFERS,
    NOT_PAYABLE,
    NOTICE_NOT_GENUINE,
    ORDER_UNKNOWN,
    PAYMENT_UNKNOWN,
    PROVIDER_SILENT,
    PROVIDER_UNKNOWN,
    PROVIDERS,
    PURCHASE_UNKNOWN,
    SERVICE,
)


class StartPayment(Request):
    """A purchase, or the one that an order is of: it is paid as a whole. ``provider`` is the one that it has now unless
    told otherwise; ``return_url`` is where the provider sends the buyer's browser afterwards, with the payment in place
    of ``{payment_id}``."""

    request_id = text(80)
    member_id = identifier("mbr")
    purchase_id = identifier("pur", allow_none=True)
    order_id = identifier("ord", allow_none=True)
    provider = choice(*PROVIDERS, allow_none=True)
    return_url = text(300, allow_none=True)

    @validates_schema
    def names_one(self, data: Mapping[str, Any], **_: Any) -> None:
        if bool(data.get("purchase_id")) == bool(data.get("order_id")):
            raise ValidationError("either a purchase or an order", "purchase_id")


class PaymentStarted(Record):
    """``order_id`` is the one that was asked for, if it was one; ``amount_fen`` is for all orders of the purchase."""

    payment_id = identifier("pay")
    purchase_id = identifier("pur", allow_none=True)
    order_id = identifier("ord", allow_none=True)
    provider = choice(*PROVIDERS)
    amount_fen = integer(1)
    pay_url = text(8000)
    expires_at = instant()


class GetCashier(Request):
    """``buyer_ip`` is where the buyer's browser calls from."""

    payment_id = identifier("pay")
    return_url = text(300, allow_none=True)
    buyer_ip = text(45)


class WayToCashier(Record):
    """``form`` are fields to be posted to ``url``, by the browser; without them it just goes there."""

    provider = choice(*PROVIDERS)
    url = text(8000)
    form = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True, load_default=None)


class ResolvePayment(Request):
    request_id = text(80)
    payment_id = identifier("pay")


class PaymentResolved(Record):
    """``open`` also when the provider does not say. ``order_id``: the first of the orders that are paid."""

    payment_id = identifier("pay")
    purchase_id = identifier("pur", allow_none=True)
    order_id = identifier("ord")
    status = choice("open", "captured", "closed")


def _texts(most: int) -> fields.Dict:
    size = validate.Length(max=most)
    return fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict, validate=size)


class RecordPaymentNotice(Request):
    """A provider's notification as it came, signature included; verified here. Either the fields of a form, or a text
    body with the headers (names in small letters) that its signature needs."""

    provider = text(20)
    fields_received = _texts(100)
    headers_received = _texts(20)
    body = text(65_536, allow_none=True)


class NoticeRecorded(Record):
    outcome = choice("applied", "duplicate", "ignored")


START_PAYMENT = Command(
    SERVICE,
    "start_payment",
    StartPayment,
    PaymentStarted,
    refuses=(PURCHASE_UNKNOWN, ORDER_UNKNOWN, NOT_PAYABLE, PROVIDER_SILENT),
    timeout_s=15,
)
RESOLVE_PAYMENT = Command(
    SERVICE, "resolve_payment", ResolvePayment, PaymentResolved, refuses=(PAYMENT_UNKNOWN,), timeout_s=8
)
GET_CASHIER = Query(
    SERVICE,
    "get_cashier",
    GetCashier,
    WayToCashier,
    refuses=(PAYMENT_UNKNOWN, NOT_PAYABLE, PROVIDER_SILENT),
    timeout_s=8,
)
RECORD_PAYMENT_NOTICE = Command(
    SERVICE,
    "record_payment_notice",
    RecordPaymentNotice,
    NoticeRecorded,
    refuses=(PROVIDER_UNKNOWN, NOTICE_NOT_GENUINE, PAYMENT_UNKNOWN, AMOUNT_DIFFERS),
)
