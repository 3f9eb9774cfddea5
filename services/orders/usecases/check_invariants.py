"""The audit of orders: what must be true whatever happened."""

from collections.abc import Iterator

import sqlalchemy as sa

from services.chassis.data.audit import Finding, audited, finding
from services.chassis.data.work import Work
from services.orders.domain.flows.facts import Facts
from services.orders.storage.audits import QUESTIONS
from services.orders.storage.case_audits import CASE_QUESTIONS
from services.orders.storage.escrow_audits import ESCROW_QUESTIONS
from services.orders.storage.queries import all_orders
from services.orders.storage.remittance_audits import REMITTANCE_QUESTIONS
from services.orders.usecases.order_facts import facts_about_all

STORED_AS_FOLDED = "stored_statuses_are_as_folded"


def check_invariants(work: Work) -> list[Finding]:
    """``found`` are ids of orders; of bills, provider and day or number; of what carriers owe, carrier and waybill."""
    return [
        *audited(work, QUESTIONS | CASE_QUESTIONS | ESCROW_QUESTIONS | REMITTANCE_QUESTIONS, now=work.now),
        finding(STORED_AS_FOLDED, stored_otherwise(work)),
    ]


def stored_otherwise(work: Work) -> Iterator[str]:
    for batch in all_orders(work):
        facts = facts_about_all(work, batch)
        yield from (order.order_id for order in batch if not is_stored_as(order, facts[order.order_id]))


def is_stored_as(order: sa.Row, facts: Facts) -> bool:
    return (order.payment_status, order.fulfilment_status) == (facts.payment_status, facts.fulfilment_status)
