"""The refund job: cash goes back through the provider, each refund once however often it is asked for."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
import structlog

from services.chassis.data.work import Work, Works
from services.orders import contract
from services.orders.domain.flows.policy import REFUND, StepPolicy
from services.orders.domain.provider import (
    PaymentAtProvider,
    PaymentProvider,
    ProviderUnavailable,
    RefundAtProvider,
    RefundResult,
)
from services.orders.domain.tenders import TenderEvent, tender_id_of
from services.orders.storage.flows import PoliciesInForce
from services.orders.storage.locks import lease_due_refunds, lock_known_order
from services.orders.storage.payments import (
    as_the_provider_knows_it,
    finish_refund,
    known_payment,
    postpone_refund,
)
from services.orders.storage.tenders import record_tender_event, when_refund_was_requested
from services.orders.storage.writes import add_fact
from services.orders.usecases.aftersale.refund_case import settle_refunded_cases
from services.orders.usecases.move_order import move_on

BATCH = 4
LEASE_S = 60
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DueRefund:
    """``row`` as it stands, ``wanted`` as the provider is asked for it."""

    row: sa.Row
    payment: sa.Row
    wanted: RefundAtProvider


def settle_refunds(works: Works, provider: str) -> bool:
    """Works on a few refunds that are due at ``provider``; true if there were any."""
    with works.begin() as work:
        due = [due_refund(work, row) for row in lease_due_refunds(work, provider, BATCH, LEASE_S)]
    for refund in due:
        try:
            settle_refund(works, refund)
        except Exception:  # one that breaks must not keep the others waiting; its lease brings it back
            log.exception("refund_broke", refund_id=refund.row.refund_id)
    return bool(due)


def due_refund(work: Work, row: sa.Row) -> DueRefund:
    payment = known_payment(work, row.payment_id)
    requested_at = when_refund_was_requested(work, tender_id_of(row.order_id, "cash"), row.refund_id)
    wanted = RefundAtProvider(row.refund_id, row.amount_fen, row.reason, requested_at, row.number)
    return DueRefund(row, payment, wanted)


def settle_refund(works: Works, due: DueRefund) -> None:
    refund, payment = due.row, due.payment
    provider = works.settings.providers[payment.provider]
    try:
        result = make_refund(provider, as_the_provider_knows_it(payment), due)
    except ProviderUnavailable as problem:
        unknown = str(problem)
        works.run(lambda work, _: refund_is_unknown(work, refund, unknown), {})
        return
    if result.is_done:
        works.run(lambda work, _: refund_is_done(work, refund, payment), {})
    else:
        works.run(lambda work, _: refund_has_failed(work, refund, str(result.problem)), {})


def make_refund(provider: PaymentProvider, payment: PaymentAtProvider, due: DueRefund) -> RefundResult:
    """A second attempt asks first what became of the first one."""
    if due.row.attempts > 1 and provider.is_refunded(payment, due.wanted):
        return RefundResult(is_done=True)
    return provider.refund(payment, due.wanted)


def refund_is_done(work: Work, refund: sa.Row, payment: sa.Row, provider_ref: str | None = None) -> bool:
    """False if it was known. ``provider_ref``: the refund's number there, ours if it has no other."""
    order = lock_known_order(work, refund.order_id)
    done = TenderEvent("refund", "succeeded", refund.amount_fen, refund.refund_id, provider_ref or refund.refund_id)
    finish_refund(work, refund.refund_id)
    if not record_tender_event(work, tender_id_of(refund.order_id, "cash"), done):
        return False
    add_fact(work, order.order_id, "payment.refunded", refund_id=refund.refund_id, amount_fen=refund.amount_fen)
    settle_refunded_cases(work, order)
    order = move_on(work, order)
    told = {"order_id": order.order_id, "member_id": order.member_id, "amount_fen": refund.amount_fen}
    data = {**payment._mapping, **told}
    work.emit(contract.PAYMENT_REFUNDED, order.order_id, data, order.version)
    return True


def refund_has_failed(work: Work, refund: sa.Row, problem: str) -> None:
    """The provider said no. It may say yes later (an empty balance fills up), so it is asked again, slowly."""
    lock_known_order(work, refund.order_id)
    failed = TenderEvent("refund", "failed", refund.amount_fen, refund.refund_id)
    if record_tender_event(work, tender_id_of(refund.order_id, "cash"), failed):
        add_fact(work, refund.order_id, "payment.refund_failed", refund_id=refund.refund_id, problem=problem)
    next_ask = work.now + timedelta(seconds=_policy(work).ask_longest_s)
    postpone_refund(work, refund.refund_id, next_ask, problem)


def refund_is_unknown(work: Work, refund: sa.Row, problem: str) -> None:
    lock_known_order(work, refund.order_id)
    unknown = TenderEvent("refund", "unknown", refund.amount_fen, refund.refund_id)
    record_tender_event(work, tender_id_of(refund.order_id, "cash"), unknown)
    next_ask = _policy(work).next_ask(work.now, refund.attempts - 1)  # its own try is counted already
    postpone_refund(work, refund.refund_id, next_ask, problem)


def _policy(work: Work) -> StepPolicy:
    return PoliciesInForce(work).get(REFUND, StepPolicy())
