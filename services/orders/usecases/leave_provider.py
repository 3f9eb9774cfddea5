"""The buyer would rather pay elsewhere: the trade at the provider chosen before is ended first."""

import sqlalchemy as sa

from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.provider import ProviderUnavailable, Trade
from services.orders.storage.locks import lock_purchase
from services.orders.storage.payments import as_the_provider_knows_it, known_payment, mark_payment_closed
from services.orders.usecases.ask_provider import last_word_of
from services.orders.usecases.capture_payment import take_paid_trade


def leave_provider(works: Works, payment: sa.Row) -> None:
    """Afterwards ``payment`` is captured or closed. Refuses while its provider does not say which of them."""
    try:
        trade = last_word_of(works.settings.providers[payment.provider], as_the_provider_knows_it(payment))
    except ProviderUnavailable as problem:
        raise _silent(payment, str(problem)) from problem
    if trade.status == "waiting":
        raise _silent(payment, "the buyer is paying there just now")
    works.run(lambda work, _: conclude(work, payment.payment_id, trade), {})


def conclude(work: Work, payment_id: str, trade: Trade) -> None:
    """Nothing, if it ended in another way meanwhile. Needs no more than what the provider said: it closes for good,
    and where it cannot (UnionPay), money that comes after all confirms the order or goes back."""
    payment = known_payment(work, payment_id)
    orders = lock_purchase(work, payment.purchase_id)
    if trade.status == "paid":
        take_paid_trade(work, payment, trade)
    elif any(order.status == "awaiting_payment" for order in orders):
        mark_payment_closed(work, payment_id)


def _silent(payment: sa.Row, why: str) -> Refused:
    return Refused(contract.PROVIDER_SILENT, why, provider=payment.provider)
