"""The holds of the orders of a purchase, asked for at once; what one refuses, the others must not keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from typing import Any

import structlog

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.contract import Call
from services.chassis.data.work import Works
from services.chassis.refusal import KEY_REUSED, Refused, Reply, value_of
from services.orders import contract
from services.orders.domain.placing import Draft
from services.orders.domain.terms import SaleTerms
from services.points import contract as points

log = structlog.get_logger(__name__)
# An earlier try under this request id ended: its holds are gone and cannot come back.
ENDED_BEFORE = (catalog.RELEASED_BEFORE, points.HOLD_RELEASED_BEFORE, KEY_REUSED)
REASON = "order_not_placed"
Calls = list[tuple[Call, dict[str, Any]]]


@dataclass(frozen=True)
class Held:
    """An order of which everything is held. ``expires_at``: when the first of its holds ends; ``draft``: with its lines
    composed as they were reserved."""

    expires_at: datetime
    draft: Draft


def hold_goods_and_points(works: Works, drafts: Sequence[Draft], terms: SaleTerms) -> list[Held]:
    """Holds all of all orders. Raises Refused for a certain no (also when another side's answer is not known: then it
    does not matter any more), RpcFault when it may have held."""
    calls = [holds_of(draft, terms.hold_s(draft.is_cash_due, draft.is_approved_first)) for draft in drafts]
    replies = works.rpc.ask_all(list(chain.from_iterable(calls)))
    for reply in replies:
        if not isinstance(reply, RpcFault) and not reply["ok"]:
            raise _refusal_of(reply)
    values = iter([_value_or_fault(reply) for reply in replies])
    return [_held(draft, list(islice(values, len(asked)))) for draft, asked in zip(drafts, calls, strict=True)]


def _held(draft: Draft, values: list[Any]) -> Held:
    compositions = {line["sku_id"]: line["parts"] for line in values[0].get("lines", [])}
    expires_at = min(datetime.fromisoformat(value["expires_at"]) for value in values)
    return Held(expires_at, draft.composed_as(compositions))


def holds_of(draft: Draft, expires_in_s: int) -> Calls:
    """The goods first; keyed by the order, so that a retry finds the holds of its first try."""
    asked = {"request_id": draft.order_id, "order_id": draft.order_id, "expires_in_s": expires_in_s}
    calls: Calls = [
        (catalog.RESERVE_STOCK, {**asked, "member_id": draft.member_id, "lines": draft.stock_wanted, **draft.goes_to})
    ]
    for unit, amount in in_wallets(draft):
        held = {"member_id": draft.member_id, "unit": unit, "points": amount}
        calls.append((points.HOLD_POINTS, {**asked, **held, "request_id": key_of(asked, unit)}))
    return calls


def key_of(asked: dict[str, Any], unit: str) -> str:
    """Each hold of an order is a request of its own."""
    return str(asked["request_id"]) if unit == points.POINTS else f"{asked['request_id']}:{unit}"


def in_wallets(draft: Draft) -> list[tuple[str, int]]:
    """(unit, amount) of what is held by points."""
    return [(unit, amount) for unit, amount in ((points.POINTS, draft.points), (points.COINS, draft.coins)) if amount]


def release_goods_and_points(works: Works, drafts: Sequence[Draft]) -> None:
    """At best; if it fails the holds end by themselves. Releasing what was never held bars it from coming late."""
    calls: Calls = list(chain.from_iterable(releases_of(draft) for draft in drafts))
    for (call, asked), reply in zip(calls, works.rpc.ask_all(calls), strict=True):
        if isinstance(reply, RpcFault) or not reply["ok"]:
            log.warning("hold_not_released", call=call.address, order_id=asked["order_id"], reply=str(reply))


def releases_of(draft: Draft) -> Calls:
    asked = {"request_id": f"{draft.order_id}:release", "order_id": draft.order_id, "reason": REASON}
    calls: Calls = [(catalog.RELEASE_STOCK, asked)]
    for unit, _ in in_wallets(draft):
        calls.append((points.RELEASE_HOLD, {**asked, "unit": unit, "request_id": key_of(asked, unit)}))
    return calls


def _refusal_of(reply: Reply) -> Refused:
    refusal = Refused.from_rejection(reply["rejection"])
    return lapsed() if refusal.code in ENDED_BEFORE else refusal


def lapsed() -> Refused:
    return Refused(contract.PLACING_LAPSED, "an earlier try under this request id has ended: use a new one")


def _value_or_fault(reply: Reply | RpcFault) -> Any:
    if isinstance(reply, RpcFault):
        raise reply
    return value_of(reply)
