"""The buyer is back from the cashier: the provider is asked, without waiting for its notice."""

from typing import Any

import sqlalchemy as sa
import structlog

from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.provider import ProviderUnavailable, Trade
from services.orders.storage.locks import lock_purchase
from services.orders.storage.payments import as_the_provider_knows_it, find_payment, known_payment, shares_of
from services.orders.usecases.capture_payment import take_paid_trade

log = structlog.get_logger(__name__)


def resolve_payment(works: Works, request: dict[str, Any]) -> Any:
    """The payment as it stands then. It meets the notice in one use case: whoever comes second changes nothing."""
    payment = works.run(_payment, request)
    if payment.status != "captured":
        ask_and_record(works, payment)
    return works.run(_resolved, request)


def ask_and_record(works: Works, payment: sa.Row) -> None:
    try:
        trade = works.settings.providers[payment.provider].find_trade(as_the_provider_knows_it(payment))
    except ProviderUnavailable as problem:
        log.warning("provider_not_asked", payment_id=payment.payment_id, problem=str(problem))
        return
    if trade.status == "paid":
        works.run(lambda work, _: record_paid_trade(work, payment.payment_id, trade), {})


def record_paid_trade(work: Work, payment_id: str, trade: Trade) -> str:
    payment = known_payment(work, payment_id)
    lock_purchase(work, payment.purchase_id)
    return take_paid_trade(work, payment, trade)


def _payment(work: Work, request: dict[str, Any]) -> sa.Row:
    payment = find_payment(work, request["payment_id"])
    if payment is None:
        raise Refused(contract.PAYMENT_UNKNOWN, "no such payment", payment_id=request["payment_id"])
    return payment


def _resolved(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    payment = _payment(work, request)
    return {**payment._mapping, "order_id": shares_of(work, payment.payment_id)[0].order_id}
