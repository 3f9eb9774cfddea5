"""A bulk order is approved, and can be paid from then on, or refused, and everything is given back."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.order_status import CALLED_OFF
from services.orders.storage.locks import lock_order
from services.orders.storage.queries import placed_by
from services.orders.storage.terms import terms_in_force
from services.orders.storage.writes import add_fact, update_order
from services.orders.usecases.announce import tell_approved
from services.orders.usecases.move_order import move_on, turn_back
from services.orders.usecases.views import View, awaited_by, view_of


def approve_order(work: Work, request: dict[str, Any]) -> View:
    """The time to pay begins now; with nothing to pay in cash the order is confirmed. Approving what is approved
    already changes nothing."""
    order = _known(work, request["order_id"])
    if order.approved_at is None or order.status in CALLED_OFF:
        order = _approve(work, _undecided(work, order), request["reason"])
    return view_of(work, order)


def refuse_order(work: Work, request: dict[str, Any]) -> View:
    """Refusing what is refused already changes nothing."""
    order = _known(work, request["order_id"])
    if order.close_reason != contract.NOT_APPROVED_REASON:
        order = _undecided(work, order)
        add_fact(work, order.order_id, "order.refused", reason=request["reason"])
        order = turn_back(work, order, contract.NOT_APPROVED_REASON)
    return view_of(work, order)


def _approve(work: Work, order: sa.Row, reason: str) -> sa.Row:
    pay_by = terms_in_force(work).pay_by_when_approved(work.now) if order.cash_fen else None
    add_fact(work, order.order_id, "order.approved", reason=reason)
    order = update_order(work, order, approved_at=work.now, pay_by=pay_by)
    tell_approved(work, order)
    return move_on(work, order)


def _known(work: Work, order_id: str) -> sa.Row:
    order = lock_order(work, order_id)
    if order is None:
        raise Refused(contract.ORDER_UNKNOWN, "no such order")
    return order


def _undecided(work: Work, order: sa.Row) -> sa.Row:
    if awaited_by(order) != contract.APPROVAL or work.now >= order.approve_by:
        raise Refused(contract.APPROVAL_NOT_AWAITED, "nobody has to decide about it (any more)", status=order.status)
    if placed_by(work, order.order_id) == work.context.actor:
        raise Refused(contract.OWN_APPROVAL, "somebody else than who placed it has to decide")
    return order
