"""Undoing a payment that was never made: the provider is asked first, and its word decides."""

from datetime import timedelta

import sqlalchemy as sa
import structlog

from services.chassis.data.work import Work, Works
from services.orders.domain.provider import PaymentAtProvider, PaymentProvider, ProviderUnavailable, Trade
from services.orders.storage.locks import lock_purchase
from services.orders.storage.payments import as_the_provider_knows_it, mark_payment_closed, open_payment_of
from services.orders.storage.queries import known_order
from services.orders.usecases.capture_payment import AMOUNT_DIFFERS, take_paid_trade
from services.orders.usecases.move_order import move_on, move_on_with
from services.orders.usecases.plan_order import plan_of

LOOK_BY_HAND_S = 3600
STEP = "take_cash"
log = structlog.get_logger(__name__)


def ask_provider_to_end_trade(works: Works, order_id: str) -> None:
    """No lock is held meanwhile: a notice may come first, and wins."""
    payment = works.run(lambda work, _: open_payment_of(work, known_order(work, order_id).purchase_id), {})
    if payment is None:
        return
    try:
        trade = last_word_of(works.settings.providers[payment.provider], as_the_provider_knows_it(payment))
    except ProviderUnavailable as problem:
        log.warning("provider_not_asked", order_id=order_id, problem=str(problem))
        return
    works.run(lambda work, _: conclude(work, payment, trade), {})


def last_word_of(provider: PaymentProvider, payment: PaymentAtProvider) -> Trade:
    """A waiting trade is closed and looked at again: its buyer may have paid in between."""
    trade = provider.find_trade(payment)
    if trade.status == "waiting":
        provider.close_trade(payment)
        trade = provider.find_trade(payment)
    return trade


def conclude(work: Work, payment: sa.Row, trade: Trade) -> None:
    """A purchase closes as a whole, so its orders wait for the same trade."""
    closing = [order for order in lock_purchase(work, payment.purchase_id) if order.status == "closing"]
    if not closing or trade.status == "waiting":
        return
    if trade.status != "paid":
        mark_payment_closed(work, payment.payment_id)
        for order in closing:
            move_on(work, order)
    elif take_paid_trade(work, payment, trade) == AMOUNT_DIFFERS:
        for order in closing:
            look_by_hand(work, order)


def look_by_hand(work: Work, order: sa.Row) -> None:
    by_hand = {"due_at": work.now + timedelta(seconds=LOOK_BY_HAND_S), "problem": AMOUNT_DIFFERS}
    move_on_with(work, order, plan_of(order).noted(STEP, **by_hand))
