"""An exchange: the same goods once more, by an order of their own that costs nothing; if there are none, the money."""

from typing import Any

import sqlalchemy as sa
import structlog

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Reply
from services.orders.domain.aftersale.replacement import replacement_of
from services.orders.domain.placing import Draft
from services.orders.domain.terms import Deadlines
from services.orders.storage.cases import let_go_of_units, units_of
from services.orders.storage.locks import lock_case
from services.orders.storage.queries import known_order, lines_of
from services.orders.storage.terms import terms_in_force
from services.orders.usecases.aftersale.move_case import hold_up, move_case
from services.orders.usecases.aftersale.refund_case import give_back_pieces
from services.orders.usecases.aftersale.telling import note, tell_closed
from services.orders.usecases.move_order import move_on
from services.orders.usecases.write_order import write_order

log = structlog.get_logger(__name__)


def replace_goods(works: Works, case_id: str) -> None:
    """Asked again it finds the same reservation, and the same order."""
    draft, hold_s = works.run(lambda work, _: draft_replacement(work, case_id), {})
    asked = {
        "request_id": f"{draft.order_id}:replace",
        "order_id": draft.order_id,
        "member_id": draft.member_id,
        "lines": draft.stock_wanted,
        "is_replacement": True,
        "expires_in_s": hold_s,
        **draft.goes_to,
    }
    try:
        reply = works.rpc.ask(catalog.RESERVE_STOCK, asked)
    except RpcFault as fault:
        problem = str(fault) or type(fault).__name__
        log.warning("goods_not_replaced_yet", case_id=case_id, problem=problem)
        works.run(lambda work, _: hold_up(work, case_id, "replacing", problem), {})
        return
    works.run(lambda work, _: conclude(work, case_id, draft, reply), {})


def draft_replacement(work: Work, case_id: str) -> tuple[Draft, int]:
    _, case = lock_case(work, case_id)
    order = known_order(work, case.order_id)
    accepted = [unit for unit in units_of(work, [case_id])[case_id] if unit.claims]
    lines = [dict(row._mapping) for row in lines_of(work, [order.order_id])[order.order_id]]
    draft = replacement_of(case_id, dict(order._mapping), lines, accepted)
    return draft, terms_in_force(work).covered_hold_s


def conclude(work: Work, case_id: str, draft: Draft, reply: Reply) -> None:
    order, case = lock_case(work, case_id)
    if case.status != "replacing":
        return
    if reply["ok"]:
        send_replacement(work, case, draft.composed_as(compositions(reply)))
    else:
        note(work, case, "not_replaced", reason=reply["rejection"]["code"])
        give_back_pieces(work, order, move_case(work, case, "run_out", due_at=work.now))
    move_on(work, order)


def compositions(reply: Reply) -> dict[str, list[dict[str, Any]]]:
    return {line["sku_id"]: line["parts"] for line in reply["value"]["lines"]}


def send_replacement(work: Work, case: sa.Row, draft: Draft) -> None:
    """The pieces are free for another case: what came instead may be wrong too."""
    write_order(work, draft, Deadlines())
    let_go_of_units(work, case.case_id)
    case = move_case(work, case, "replace", replaced_by=draft.order_id)
    note(work, case, "replaced", replaced_by=draft.order_id)
    tell_closed(work, case, "replaced")
