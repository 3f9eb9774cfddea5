"""The refund job: cash goes back through the provider, each refund once however often it is asked for."""

from datetime import timedelta

import sqlalchemy as sa
import structlog

from services.chassis.data.work import Work, Works
from services.orders import contract
from services.orders.domain.provider import PaymentProvider, ProviderUnavailable, RefundResult
from services.orders.domain.tenders import TenderEvent
from services.orders.storage.locks import lease_due_refunds, lock_known_order
from services.orders.storage.payments import finish_refund, known_payment, postpone_refund
from services.orders.storage.tenders import record_tender_event
from services.orders.storage.writes import add_fact
from services.orders.usecases.advance import refold

BATCH = 4
LEASE_S = 60
ASK_AGAIN_S = 30
SLOWEST_S = 3600
log = structlog.get_logger(__name__)


def settle_refunds(works: Works) -> bool:
    """Works on a few refunds that are due; true if there were any."""
    with works.begin() as work:
        due = [(refund, known_payment(work, refund.payment_id)) for refund in lease_due_refunds(work, BATCH, LEASE_S)]
    for refund, payment in due:
        try:
            settle_refund(works, refund, payment)
        except Exception:  # one that breaks must not keep the others waiting; its lease brings it back
            log.exception("refund_broke", refund_id=refund.refund_id)
    return bool(due)


def settle_refund(works: Works, refund: sa.Row, payment: sa.Row) -> None:
    provider = works.settings.providers[payment.provider]
    try:
        result = make_refund(provider, refund)
    except ProviderUnavailable as problem:
        unknown = str(problem)
        works.run(lambda work, _: refund_is_unknown(work, refund, payment, unknown), {})
        return
    conclude = refund_is_done if result.is_done else refund_has_failed
    works.run(lambda work, _: conclude(work, refund, payment, result), {})


def make_refund(provider: PaymentProvider, refund: sa.Row) -> RefundResult:
    """A second attempt asks first what became of the first one."""
    if refund.attempts > 1 and provider.is_refunded(refund.payment_id, refund.refund_id):
        return RefundResult(is_done=True)
    return provider.refund(refund.payment_id, refund.refund_id, refund.amount_fen, refund.reason)


def refund_is_done(work: Work, refund: sa.Row, payment: sa.Row, _: RefundResult) -> None:
    order = lock_known_order(work, payment.order_id)
    done = TenderEvent("refund", "succeeded", refund.amount_fen, refund.refund_id, refund.refund_id)
    finish_refund(work, refund.refund_id)
    if not record_tender_event(work, payment.tender_id, done):
        return
    add_fact(work, order.order_id, "payment.refunded", refund_id=refund.refund_id, amount_fen=refund.amount_fen)
    order = refold(work, order)
    data = {**payment._mapping, "member_id": order.member_id, "amount_fen": refund.amount_fen}
    work.emit(contract.PAYMENT_REFUNDED, order.order_id, data, order.version)


def refund_has_failed(work: Work, refund: sa.Row, payment: sa.Row, result: RefundResult) -> None:
    """The provider said no. It may say yes later (an empty balance fills up), so it is asked again, slowly."""
    lock_known_order(work, payment.order_id)
    problem = str(result.problem)
    failed = TenderEvent("refund", "failed", refund.amount_fen, refund.refund_id)
    if record_tender_event(work, payment.tender_id, failed):
        add_fact(work, payment.order_id, "payment.refund_failed", refund_id=refund.refund_id, problem=problem)
    postpone_refund(work, refund.refund_id, work.now + timedelta(seconds=SLOWEST_S), problem)


def refund_is_unknown(work: Work, refund: sa.Row, payment: sa.Row, problem: str) -> None:
    lock_known_order(work, payment.order_id)
    unknown = TenderEvent("refund", "unknown", refund.amount_fen, refund.refund_id)
    record_tender_event(work, payment.tender_id, unknown)
    wait_s = min(ASK_AGAIN_S * refund.attempts, SLOWEST_S)
    postpone_refund(work, refund.refund_id, work.now + timedelta(seconds=wait_s), problem)
