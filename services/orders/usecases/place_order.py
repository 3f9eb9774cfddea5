"""Placing an order: quote, hold, and one commit. Whatever is repeated, there is one order and one answer."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.data.answers import Question, fingerprint_of
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused, Reply, accepted, value_of
from services.orders import contract
from services.orders.domain.placing import Draft, draft_order, is_lapsed, order_id_of
from services.orders.domain.terms import SaleTerms
from services.orders.storage.queries import find_order, known_order
from services.orders.storage.terms import terms_in_force
from services.orders.usecases.answering import answer_once
from services.orders.usecases.hold_goods_and_points import (
    hold_goods_and_points,
    lapsed,
    release_goods_and_points,
)
from services.orders.usecases.views import new_view, view_of
from services.orders.usecases.write_order import write_order

log = structlog.get_logger(__name__)
SAID_BY_THE_BUYER = ("request_id", "member_id", "lines", "expected", "payment_provider", "delivery_address")


def place_order(works: Works, request: dict[str, Any]) -> Any:
    """The order, ``awaiting_payment`` or (nothing to pay in cash) ``confirmed``. A refusal is the answer for good,
    except ``order.temporarily_unavailable``: the same request goes on with the same holds."""
    question = question_of(request)
    known, terms = works.run(lambda work, _: (known_answer(work, question, request), terms_in_force(work)), request)
    if known is not None:
        return value_of(known)
    try:
        return value_of(agree_and_place(works, question, request, terms))
    except RpcFault as fault:
        log.warning("placing_unavailable", problem=f"{type(fault).__name__}: {fault}")
        raise unavailable() from fault


def agree_and_place(works: Works, question: Question, request: dict[str, Any], terms: SaleTerms) -> Reply:
    try:
        draft = draft_order(request, works.rpc.call(catalog.QUOTE_LINES, basket_of(request)))
    except Refused as refused:
        refusal = refused.as_reply()
        return answer_once(works, question, lambda _: refusal)
    return hold_and_place(works, question, draft, terms)


def hold_and_place(works: Works, question: Question, draft: Draft, terms: SaleTerms) -> Reply:
    """First the answer is fixed, then, if it is a no, what was held is let go: a second request under the same
    id can never release what the first one has placed."""
    try:
        held = hold_goods_and_points(works, draft, terms)
    except Refused as refused:
        refusal = refused.as_reply()
        reply = answer_once(works, question, lambda _: refusal)
    else:
        reply = answer_once(works, question, lambda work: write_or_refuse(work, held.draft, terms, held.expires_at))
    if not reply["ok"]:
        release_goods_and_points(works, draft)
    return reply


def basket_of(request: dict[str, Any]) -> dict[str, Any]:
    return {name: request[name] for name in ("member_tier", "member_segments", "lines")}


def write_or_refuse(work: Work, draft: Draft, terms: SaleTerms, holds_expire_at: datetime) -> Reply:
    if is_lapsed(terms.last_safe_instant(holds_expire_at), work.now):
        return lapsed().as_reply()
    order = write_order(work, draft, terms.pay_by(work.now, holds_expire_at) if draft.is_cash_due else None)
    if order is None:
        return reply_of(work, known_order(work, draft.order_id))
    return accepted(contract.PLACE_ORDER.dump_reply(new_view(order, draft.lines)))


def question_of(request: dict[str, Any]) -> Question:
    """Request ids are the member's own, and only what the buyer said counts as content: a retry after a change of
    tier is still the same request."""
    said = {name: request[name] for name in SAID_BY_THE_BUYER}
    said["expected"] = {unit: amount for unit, amount in said["expected"].items() if amount or unit != "coins"}
    question = Question.of(contract.PLACE_ORDER.address, request)
    return replace(question, request_id=order_id_of(request), fingerprint=fingerprint_of(said))


def known_answer(work: Work, question: Question, request: dict[str, Any]) -> Reply | None:
    """Orders outlive remembered answers."""
    answer = question.answer_in(work.connection)
    order = None if answer else find_order(work, order_id_of(request))
    return reply_of(work, order) if order else answer


def reply_of(work: Work, order: sa.Row) -> Reply:
    return accepted(contract.PLACE_ORDER.dump_reply(view_of(work, order)))


def unavailable() -> Refused:
    return Refused(contract.TEMPORARILY_UNAVAILABLE, "no answer from a neighbour; the same request may be repeated")
