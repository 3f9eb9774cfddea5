"""Placing a purchase: quote, hold, and one commit. Whatever is repeated, there is one purchase and one answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.contract import Command
from services.chassis.crash_points import crash_point
from services.chassis.data.answers import Question, fingerprint_of
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused, Reply, accepted, value_of
from services.orders import contract
from services.orders.domain.placing import Draft, basket_of, is_lapsed, order_id_of, purchase_id_of
from services.orders.domain.purchase import draft_purchase
from services.orders.domain.terms import Deadlines, SaleTerms
from services.orders.storage.queries import orders_of_purchase
from services.orders.storage.terms import terms_in_force
from services.orders.usecases.answering import answer_once
from services.orders.usecases.hold_goods_and_points import (
    Held,
    hold_goods_and_points,
    lapsed,
    release_goods_and_points,
)
from services.orders.usecases.name_accounts import name_accounts
from services.orders.usecases.promise_cash import promise_cash, with_credit
from services.orders.usecases.views import View, new_view, purchase_of, views_of
from services.orders.usecases.write_order import write_order

log = structlog.get_logger(__name__)
SAID_BY_THE_BUYER = ("request_id", "member_id", "lines", "expected", "payment_provider", "delivery_address")


@dataclass(frozen=True)
class Placing:
    """A way to ask for it: ``tell`` makes the reply's value of the views of the orders, or refuses them."""

    command: Command
    tell: Callable[[list[View]], View]

    def reply_of(self, views: list[View]) -> Reply:
        try:
            return accepted(self.command.dump_reply(self.tell(views)))
        except Refused as refused:
            return refused.as_reply()


def only_order(views: list[View]) -> View:
    require_one_order(len(views))
    return views[0]


def require_one_order(orders: int) -> None:
    if orders > 1:
        raise Refused(contract.PURCHASE_REQUIRED, "these goods are several orders: place a purchase", orders=orders)


ORDER = Placing(contract.PLACE_ORDER, only_order)
PURCHASE = Placing(contract.PLACE_PURCHASE, purchase_of)


def place_order(works: Works, request: dict[str, Any]) -> Any:
    """The order of a basket that makes only one; else as ``place_purchase``."""
    return place(works, ORDER, request)


def place_purchase(works: Works, request: dict[str, Any]) -> Any:
    """An order for each merchant, all of them or none; each ``awaiting_payment`` or (nothing to pay in cash)
    ``confirmed``. A refusal is the answer for good, except ``order.temporarily_unavailable``: the same request goes on
    with the same holds."""
    return place(works, PURCHASE, request)


def place(works: Works, placing: Placing, request: dict[str, Any]) -> Any:
    question = question_of(placing, request)

    def first_look(work: Work, _: Any) -> tuple[Reply | None, SaleTerms]:
        return known_answer(work, placing, question, request), terms_in_force(work)

    known, terms = works.run(first_look, request)
    if known is not None:
        return value_of(known)
    try:
        return value_of(agree_and_place(works, placing, question, request, terms))
    except RpcFault as fault:
        log.warning("placing_unavailable", problem=f"{type(fault).__name__}: {fault}")
        raise unavailable() from fault


def agree_and_place(
    works: Works, placing: Placing, question: Question, request: dict[str, Any], terms: SaleTerms
) -> Reply:
    try:
        quote = works.rpc.call(catalog.QUOTE_LINES, basket_of(request))
        drafts = draft_purchase(request, name_accounts(works, request, quote))
        if placing is ORDER:
            require_one_order(len(drafts))
        drafts = with_credit(works, drafts)
    except Refused as refused:
        refusal = refused.as_reply()
        return answer_once(works, question, lambda _: refusal)
    return hold_and_place(works, placing, question, drafts, terms)


def hold_and_place(works: Works, placing: Placing, question: Question, drafts: list[Draft], terms: SaleTerms) -> Reply:
    """First the answer is fixed, then, if it is a no, what was held is let go: a second request under the same
    id can never release what the first one has placed."""
    try:
        held = hold_goods_and_points(works, drafts, terms)
    except Refused as refused:
        refusal = refused.as_reply()
        reply = answer_once(works, question, lambda _: refusal)
    else:
        crash_point("goods_and_points_held")
        reply = answer_once(works, question, lambda work: write_or_refuse(work, placing, held, terms))
    if not reply["ok"]:
        crash_point("refusal_fixed")
        release_goods_and_points(works, drafts)
    return reply


def write_or_refuse(work: Work, placing: Placing, held: Sequence[Held], terms: SaleTerms) -> Reply:
    if is_lapsed(last_instant(held, terms), work.now):
        return lapsed().as_reply()
    try:
        promise_cash(work, [one.draft for one in held])
    except Refused as refused:
        return refused.as_reply()
    pay_by = pay_by_of(held, terms, work.now)
    written = [(one.draft, write_order(work, one.draft, deadlines_of(one, terms, work.now, pay_by))) for one in held]
    if any(order is None for _, order in written):
        return placing.reply_of(views_of(work, orders_of_purchase(work, held[0].draft.purchase_id)))
    return placing.reply_of([new_view(order, draft.lines) for draft, order in written if order is not None])


def last_instant(held: Sequence[Held], terms: SaleTerms) -> datetime:
    """Until then all of it may be placed."""
    return min(_last_instant_of(one, terms) for one in held)


def _last_instant_of(one: Held, terms: SaleTerms) -> datetime:
    safe = terms.last_safe_instant(one.expires_at)
    return terms.approve_by(safe, one.expires_at, one.draft.is_cash_due) if one.draft.is_approved_first else safe


def deadlines_of(one: Held, terms: SaleTerms, now: datetime, pay_by: datetime | None) -> Deadlines:
    """The time to pay for what has to be approved begins when it is."""
    if one.draft.is_approved_first:
        return Deadlines(approve_by=terms.approve_by(now, one.expires_at, one.draft.is_cash_due))
    return Deadlines(pay_by if one.draft.is_cash_due else None)


def pay_by_of(held: Sequence[Held], terms: SaleTerms, now: datetime) -> datetime | None:
    """The same for all that has to be paid: as long as the first of those holds allows."""
    unpaid = [one.expires_at for one in held if one.draft.is_cash_due]
    return terms.pay_by(now, min(unpaid)) if unpaid else None


def question_of(placing: Placing, request: dict[str, Any]) -> Question:
    """Request ids are the member's own, and only what the buyer said counts as content: a retry after a change of
    tier is still the same request."""
    said = {name: request[name] for name in SAID_BY_THE_BUYER}
    said["lines"] = [{name: value for name, value in line.items() if value is not None} for line in said["lines"]]
    said["expected"] = {unit: amount for unit, amount in said["expected"].items() if amount or unit != "coins"}
    said |= {"pick_up_at": request["pick_up_at"]} if request["pick_up_at"] else {}
    question = Question.of(placing.command.address, request)
    return replace(question, request_id=order_id_of(request), fingerprint=fingerprint_of(said))


def known_answer(work: Work, placing: Placing, question: Question, request: dict[str, Any]) -> Reply | None:
    """Orders outlive remembered answers."""
    answer = question.answer_in(work.connection)
    orders = () if answer else orders_of_purchase(work, purchase_id_of(request))
    return placing.reply_of(views_of(work, orders)) if orders else answer


def unavailable() -> Refused:
    return Refused(contract.TEMPORARILY_UNAVAILABLE, "no answer from a neighbour; the same request may be repeated")
