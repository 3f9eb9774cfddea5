"""The closing job: orders that nobody paid in time, or that their member gave up. The provider is asked first."""

from datetime import timedelta

import sqlalchemy as sa
import structlog

from services.chassis.data.work import Work, Works
from services.orders.domain.provider import PaymentAtProvider, PaymentProvider, ProviderUnavailable, Trade
from services.orders.storage.locks import lease_orders, lock_known_order, lock_unpaid_orders
from services.orders.storage.payments import as_the_provider_knows_it, open_payment_of
from services.orders.storage.writes import postpone_order
from services.orders.usecases.capture_payment import AMOUNT_DIFFERS, take_paid_trade
from services.orders.usecases.close_order import PAYMENT_WINDOW_OVER, begin_closing, close_order

BATCH = 8
LEASE_S = 60
ASK_AGAIN_S = 30
LOOK_BY_HAND_S = 3600
log = structlog.get_logger(__name__)


def close_unpaid(works: Works, provider: str) -> bool:
    """Works on a few orders whose time is over and whose cash goes through ``provider``; true if there were any."""
    with works.begin() as work:
        due = lock_unpaid_orders(work, provider, BATCH)
        payments = [payment for order in due if (payment := close_or_find_payment(work, order))]
        lease_orders(work, [payment.order_id for payment in payments], LEASE_S)
    for payment in payments:
        try:
            finish_closing(works, payment)
        except Exception:  # one that breaks must not keep the others open; its lease brings it back
            log.exception("closing_broke", order_id=payment.order_id)
    return bool(due)


def close_or_find_payment(work: Work, order: sa.Row) -> sa.Row | None:
    """The payment of which the provider has to be asked. Without one nobody can pay: the order closes here and now,
    and its lock keeps a payment from being started meanwhile."""
    if order.status == "awaiting_payment":
        order = begin_closing(work, order, PAYMENT_WINDOW_OVER)
    payment = open_payment_of(work, order.order_id)
    if payment is None:
        close_order(work, order)
    return payment


def finish_closing(works: Works, payment: sa.Row) -> None:
    """Ask the provider, then let its word decide. No lock is held meanwhile: a notice may come first, and wins."""
    try:
        trade = last_word_of(works.settings.providers[payment.provider], as_the_provider_knows_it(payment))
    except ProviderUnavailable as problem:
        log.warning("provider_not_asked", order_id=payment.order_id, problem=str(problem))
        trade = None
    works.run(lambda work, _: conclude_closing(work, payment, trade), {})


def last_word_of(provider: PaymentProvider, payment: PaymentAtProvider) -> Trade:
    """A waiting trade is closed and looked at again: its buyer may have paid in between."""
    trade = provider.find_trade(payment)
    if trade.status == "waiting":
        provider.close_trade(payment)
        trade = provider.find_trade(payment)
    return trade


def conclude_closing(work: Work, payment: sa.Row, trade: Trade | None) -> None:
    order = lock_known_order(work, payment.order_id)
    if order.status != "closing":
        return
    if trade is None or trade.status == "waiting":
        look_again(work, order, ASK_AGAIN_S)
    elif trade.status != "paid":
        close_order(work, order)
    elif take_paid_trade(work, order, payment, trade) == AMOUNT_DIFFERS:
        look_again(work, order, LOOK_BY_HAND_S)


def look_again(work: Work, order: sa.Row, seconds: int) -> None:
    postpone_order(work, order.order_id, "closing", work.now + timedelta(seconds=seconds))
