"""Orders, for operations: found among everybody's, seen whole, moved on by hand."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.bodies import Because
from gateway.pages import limit_field, on_the_wire
from gateway.requests import request_id_for, rpc
from gateway.routes.case_bodies import PIECES, PiecesToCancel
from services.chassis.contract import Call
from services.chassis.refusal import INVALID_REQUEST, Refused
from services.chassis.schemas import Request, choice, identifier, instant, text
from services.members import contract as members
from services.orders import contract as orders

blueprint = MallBlueprint("ops_orders", __name__, url_prefix="/v1/ops/orders", description="For operations")


class OrdersSought(Request):
    """What is left out does not matter. ``phone`` or ``member_id`` say whose, not both."""

    phone = text(20, allow_none=True)
    member_id = identifier("mbr", allow_none=True)
    merchant_id = identifier("mer", allow_none=True)
    sku_id = identifier("sku", allow_none=True)
    waybill_no = text(60, allow_none=True)
    trade_no = text(80, allow_none=True)
    status = choice(*orders.STATUSES, allow_none=True)
    payment_status = choice(*orders.PAYMENT_STATUSES, allow_none=True)
    fulfilment_status = choice(*orders.FULFILMENT_STATUSES, allow_none=True)
    placed_from = instant(allow_none=True)
    placed_before = instant(allow_none=True)
    awaits = choice(*orders.AWAITED, allow_none=True)
    stuck = choice("yes", "no", allow_none=True)
    limit = limit_field()
    cursor = text(200, allow_none=True)


class MoveByHand(Because):
    """``step``: the stuck one, if it is not said."""

    move = choice(*orders.MOVES)
    step = text(40, allow_none=True)


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(OrdersSought, location="query")
@blueprint.refuses(orders.FIND_ORDERS, members.FIND_MEMBER)
@blueprint.response(200, orders.OrdersFound)
def find_orders(query: dict[str, Any]) -> Any:
    """Orders of everybody, newest first: by member or phone, merchant, SKU, waybill or trade number, status, time."""
    stuck, phone = query.pop("stuck"), query.pop("phone")
    wanted = on_the_wire(query) | {"is_stuck": None if stuck is None else stuck == "yes"}
    if phone is not None:
        wanted["member_id"] = _member_of(phone, query["member_id"])
    return _ask(orders.FIND_ORDERS, wanted)


@blueprint.route("/<id('ord'):order_id>", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.refuses(orders.GET_ORDER_RECORD)
@blueprint.response(200, orders.OrderRecord)
def get_order_record(order_id: str) -> Any:
    """Everything on record of one order: lines, steps, tenders, payments, refunds and history."""
    return _ask(orders.GET_ORDER_RECORD, {"order_id": order_id})


@blueprint.route("/<id('ord'):order_id>/moves", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(MoveByHand, example={"move": "ask", "reason": "the carrier is back"})
@blueprint.refuses(orders.MOVE_ORDER)
@blueprint.response(200, orders.OrderFound)
def move_order(body: dict[str, Any], order_id: str) -> Any:
    """Move a stuck order on by hand; the move stays in its history, with who made it and why."""
    request = {"request_id": request_id_for(g.staff.name), "order_id": order_id, **body}
    return _ask(orders.MOVE_ORDER, request)


@blueprint.route("/<id('ord'):order_id>/replay", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "logistics lost its queue"})
@blueprint.refuses(orders.REPLAY_ORDER)
@blueprint.response(200, orders.OrderReplayed)
def replay_order(body: dict[str, Any], order_id: str) -> Any:
    """Tell everybody again what became of the order; whoever heard it passes over it."""
    request = {"request_id": request_id_for(g.staff.name), "order_id": order_id, **body}
    return _ask(orders.REPLAY_ORDER, request)


@blueprint.route("/<id('ord'):order_id>/approval", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "the company's budget covers it"})
@blueprint.refuses(orders.APPROVE_ORDER)
@blueprint.response(200, orders.OrderFound)
def approve_order(body: dict[str, Any], order_id: str) -> Any:
    """Approve of a bulk order: the time to pay for it begins."""
    return _ask(orders.APPROVE_ORDER, _decided(order_id, body))


@blueprint.route("/<id('ord'):order_id>/refusal", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "more than the company may get"})
@blueprint.refuses(orders.REFUSE_ORDER)
@blueprint.response(200, orders.OrderFound)
def refuse_order(body: dict[str, Any], order_id: str) -> Any:
    """Refuse a bulk order: it is closed, and everything is given back."""
    return _ask(orders.REFUSE_ORDER, _decided(order_id, body))


@blueprint.route("/<id('ord'):order_id>/piece-cancellations", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(PiecesToCancel, example=PIECES)
@blueprint.refuses(orders.CANCEL_PIECES)
@blueprint.response(201, orders.Case)
def cancel_pieces_for_member(body: dict[str, Any], order_id: str) -> Any:
    """Call off single pieces of a confirmed order before they are on their way, for its member."""
    return _ask(orders.CANCEL_PIECES, {**_decided(order_id, body), "member_id": None})


def _decided(order_id: str, body: dict[str, Any]) -> dict[str, Any]:
    return {"request_id": request_id_for(g.staff.name), "order_id": order_id, **body}


def _member_of(phone: str, member_id: str | None) -> str:
    if member_id is not None:
        raise Refused(INVALID_REQUEST, "say whose orders by phone or by member_id, not both")
    return _ask(members.FIND_MEMBER, {"phone": phone})["member"]["member_id"]


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
