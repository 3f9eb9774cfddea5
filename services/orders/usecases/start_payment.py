"""Sending the buyer to the payment provider."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from services.chassis.data.answers import Question
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.provider import PaymentProvider, PaymentToStart, ProviderUnavailable
from services.orders.storage.locks import lock_purchase
from services.orders.storage.payments import add_payment, find_payment, open_payment_of
from services.orders.storage.queries import find_order, orders_of_purchase
from services.orders.storage.tenders import choose_provider, tenders_of_orders
from services.orders.usecases.answering import answer_before
from services.orders.usecases.leave_provider import leave_provider
from services.orders.usecases.ownership import owned, owned_purchase
from services.orders.usecases.views import awaited_by

SUBJECTS = {"zh": "积分商城订单 {}", "en": "Points mall order {}"}
TAIL = 8  # of the purchase id, and of the order id of an order alone: enough for a buyer to recognize it


def start_payment(works: Works, request: dict[str, Any]) -> Any:
    """The payment of this purchase, made if new, and the address that leads to the cashier. The buyer gets the address
    after the payment is committed, so a notice never finds it missing. Another provider than before is asked for
    nothing until that one has ended its trade."""
    if answer_before(works, Question.of(contract.START_PAYMENT.address, request)) is None:
        left = works.run(_payment_to_leave, request)
        if left is not None:
            leave_provider(works, left)
    return works.once(contract.START_PAYMENT, partial(_start, works.settings.providers), request)


def _payment_to_leave(work: Work, request: dict[str, Any]) -> sa.Row | None:
    orders = owned_purchase(orders_of_purchase(work, _purchase_id(work, request)), request["member_id"])
    payment = open_payment_of(work, orders[0].purchase_id)
    if payment is None or request["provider"] in (None, payment.provider):
        return None
    _unpaid(work, orders)
    return payment


def _purchase_id(work: Work, request: dict[str, Any]) -> str:
    if request["purchase_id"]:
        return str(request["purchase_id"])
    return str(owned(find_order(work, request["order_id"]), request["member_id"]).purchase_id)


def _start(providers: dict[str, PaymentProvider], work: Work, request: dict[str, Any]) -> dict[str, Any]:
    orders = owned_purchase(lock_purchase(work, _purchase_id(work, request)), request["member_id"])
    unpaid = _unpaid(work, orders)
    payment = open_payment_of(work, orders[0].purchase_id) or _new_payment(work, unpaid, request["provider"])
    if request["provider"] not in (None, payment.provider):
        raise Refused(contract.NOT_PAYABLE, "it was started at another provider just now", provider=payment.provider)
    pay_url = providers[payment.provider].pay_url(_to_start(unpaid[0], payment, request["return_url"]))
    return {**payment._mapping, "order_id": request["order_id"], "pay_url": pay_url}


def _new_payment(work: Work, unpaid: Sequence[sa.Row], provider: str | None) -> sa.Row:
    """One for all of them, with a share for each."""
    tenders = tenders_of_orders(work, [order.order_id for order in unpaid])
    cash = {order_id: next(one for one in found if one.kind == "cash") for order_id, found in tenders.items()}
    chosen = provider or str(next(iter(cash.values())).provider)
    choose_provider(work, [tender.tender_id for tender in cash.values()], chosen)
    shares = {order_id: tender.state.due for order_id, tender in cash.items()}
    return add_payment(work, unpaid[0].purchase_id, chosen, shares, min(order.pay_by for order in unpaid))


def _unpaid(work: Work, orders: Sequence[sa.Row]) -> list[sa.Row]:
    """Those of a purchase that are to be paid: refused, if there are none or their time is over."""
    if any(awaited_by(order) == contract.APPROVAL for order in orders):
        raise Refused(contract.NOT_APPROVED, "it is paid once it is approved", order_id=orders[0].order_id)
    unpaid = [order for order in orders if awaited_by(order) == contract.PAYMENT and work.now < order.pay_by]
    if not unpaid:
        statuses = sorted({order.status for order in orders})
        raise Refused(contract.NOT_PAYABLE, "nothing waits for a payment", status=statuses[0], statuses=statuses)
    return unpaid


def get_cashier(works: Works, request: dict[str, Any]) -> dict[str, Any]:
    """The way into the provider's cashier for a browser that is there now. The provider may have to be asked for it,
    so this is no part of starting."""
    payment, order = works.run(_payable, request)
    to_start = _to_start(order, payment, request["return_url"], request["buyer_ip"])
    try:
        cashier = works.settings.providers[payment.provider].cashier(to_start)
    except ProviderUnavailable as problem:
        raise Refused(contract.PROVIDER_SILENT, str(problem), provider=payment.provider) from problem
    return {"provider": payment.provider, "url": cashier.url, "form": cashier.fields}


def _payable(work: Work, request: dict[str, Any]) -> tuple[sa.Row, sa.Row]:
    payment = find_payment(work, request["payment_id"])
    if payment is None:
        raise Refused(contract.PAYMENT_UNKNOWN, "no such payment", payment_id=request["payment_id"])
    order = _unpaid(work, orders_of_purchase(work, payment.purchase_id))[0]
    if payment.status != "open":
        raise Refused(contract.NOT_PAYABLE, "the buyer has chosen another provider since", status=order.status)
    return payment, order


def _to_start(order: sa.Row, payment: sa.Row, return_url: str | None, buyer_ip: str | None = None) -> PaymentToStart:
    """The same words every time: the provider refuses a second try that tells another story."""
    return PaymentToStart(
        payment_id=payment.payment_id,
        amount_fen=payment.amount_fen,
        started_at=payment.started_at,
        number=payment.number,
        subject=SUBJECTS[order.language].format(order.purchase_id[-TAIL:]),
        pay_by=payment.expires_at,
        return_url=return_url and return_url.replace("{payment_id}", payment.payment_id),
        buyer_ip=buyer_ip,
    )
