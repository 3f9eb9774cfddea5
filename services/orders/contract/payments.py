"""Paying an order through an outside provider."""

from marshmallow import fields, validate

from services.chassis.contract import Command
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, text
from services.orders.contract.vocabulary import (
    AMOUNT_DIFFERS,
    NOT_PAYABLE,
    NOTICE_NOT_GENUINE,
    ORDER_UNKNOWN,
    PAYMENT_UNKNOWN,
    PROVIDER_UNKNOWN,
    PROVIDERS,
    SERVICE,
)


class StartPayment(Request):
    """``return_url`` is where the provider sends the buyer's browser afterwards."""

    request_id = text(80)
    member_id = identifier("mbr")
    order_id = identifier("ord")
    return_url = text(300, allow_none=True)


class PaymentStarted(Record):
    payment_id = identifier("pay")
    order_id = identifier("ord")
    provider = choice(*PROVIDERS)
    amount_fen = integer(1)
    pay_url = text(8000)
    expires_at = instant()


class RecordPaymentNotice(Request):
    """A provider's notification as it came: the form's fields, signature included; verified here."""

    provider = text(20)
    fields_received = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, validate=validate.Length(max=100)
    )


class NoticeRecorded(Record):
    outcome = choice("applied", "duplicate", "ignored")


START_PAYMENT = Command(
    SERVICE, "start_payment", StartPayment, PaymentStarted, refuses=(ORDER_UNKNOWN, NOT_PAYABLE), timeout_s=8
)
RECORD_PAYMENT_NOTICE = Command(
    SERVICE,
    "record_payment_notice",
    RecordPaymentNotice,
    NoticeRecorded,
    refuses=(PROVIDER_UNKNOWN, NOTICE_NOT_GENUINE, PAYMENT_UNKNOWN, AMOUNT_DIFFERS),
)
