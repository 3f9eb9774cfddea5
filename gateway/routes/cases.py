"""Cases after the sale, for members: opening, watching, sending back, disputing."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.pages import limit_field
from gateway.requests import request_id_for, rpc
from gateway.routes.case_bodies import PIECES, PiecesToCancel
from services.chassis.contract import Call
from services.chassis.schemas import Request, choice, identifier, listed, text
from services.orders import contract as orders

blueprint = MallBlueprint("cases", __name__, url_prefix="/v1", description="Cases after the sale")
EXAMPLE = {"kind": "return", "lines": [{"line_no": 1, "units": [1]}], "reason": "faulty"}


class NewCase(Request):
    """``units`` are numbers of pieces: a line of three has 1, 2 and 3."""

    kind = choice(*orders.CASES_OFFERED)
    lines = listed(orders.UnitsOfLine, shortest=1, longest=orders.LARGEST_BASKET)
    reason = text(40)
    note = text(500, allow_none=True)


class Waybill(Request):
    carrier = text(40)
    waybill_no = text(60)


class Dispute(Request):
    note = text(500)


class CasesQuery(Request):
    order_id = identifier("ord", allow_none=True)
    limit = limit_field()


@blueprint.route("/orders/<id('ord'):order_id>/cases", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(NewCase, example=EXAMPLE)
@blueprint.refuses(orders.OPEN_CASE)
@blueprint.response(201, orders.Case)
def open_case(body: dict[str, Any], order_id: str) -> Any:
    """Money back, goods sent back, or goods exchanged, for single pieces of the order."""
    return _ask(orders.OPEN_CASE, {"request_id": request_id_for(g.identity.member_id), "order_id": order_id, **body})


@blueprint.route("/orders/<id('ord'):order_id>/piece-cancellations", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(PiecesToCancel, example=PIECES)
@blueprint.refuses(orders.CANCEL_PIECES)
@blueprint.response(201, orders.Case)
def cancel_pieces(body: dict[str, Any], order_id: str) -> Any:
    """Call off single pieces before they are on their way; the case says whether they were still here. With nothing
    left of the order it is the order that is cancelled."""
    key = {"request_id": request_id_for(g.identity.member_id), "order_id": order_id}
    return _ask(orders.CANCEL_PIECES, {**key, **body})


@blueprint.route("/case-reasons", methods=["GET"])
@blueprint.signed_in
@blueprint.refuses(orders.LIST_CASE_REASONS)
@blueprint.response(200, orders.CaseReasons)
def list_case_reasons() -> Any:
    """Why a case may be opened, and which kinds of cases each reason is for."""
    return rpc(g.identity.actor).call(orders.LIST_CASE_REASONS, {})


@blueprint.route("/cases", methods=["GET"])
@blueprint.signed_in
@blueprint.arguments(CasesQuery, location="query")
@blueprint.refuses(orders.LIST_CASES)
@blueprint.response(200, orders.Cases)
def list_cases(query: dict[str, Any]) -> Any:
    """The member's cases, newest first."""
    return _ask(orders.LIST_CASES, query)


@blueprint.route("/cases/<id('cas'):case_id>", methods=["GET"])
@blueprint.signed_in
@blueprint.refuses(orders.GET_CASE)
@blueprint.response(200, orders.Case)
def get_case(case_id: str) -> Any:
    """One case of the member, with where to send the goods."""
    return _ask(orders.GET_CASE, {"case_id": case_id})


@blueprint.route("/cases/<id('cas'):case_id>/withdrawal", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.refuses(orders.WITHDRAW_CASE)
@blueprint.response(200, orders.Case)
def withdraw_case(case_id: str) -> Any:
    """Think better of it, until the goods are on their way back."""
    return _move(orders.WITHDRAW_CASE, case_id)


@blueprint.route("/cases/<id('cas'):case_id>/waybill", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(Waybill, example={"carrier": "sf", "waybill_no": "SF1234567890123"})
@blueprint.refuses(orders.SEND_GOODS_BACK)
@blueprint.response(200, orders.Case)
def send_goods_back(body: dict[str, Any], case_id: str) -> Any:
    """The goods are on their way back, with this waybill."""
    return _move(orders.SEND_GOODS_BACK, case_id, **body)


@blueprint.route("/cases/<id('cas'):case_id>/dispute", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(Dispute, example={"note": "It is faulty all the same"})
@blueprint.refuses(orders.DISPUTE_CASE)
@blueprint.response(200, orders.Case)
def dispute_case(body: dict[str, Any], case_id: str) -> Any:
    """Not accept a rejection: operations decides once more, for good."""
    return _move(orders.DISPUTE_CASE, case_id, **body)


def _move(contract: Call, case_id: str, **more: Any) -> Any:
    return _ask(contract, {"request_id": request_id_for(g.identity.member_id), "case_id": case_id, **more})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.identity.actor).call(contract, {"member_id": g.identity.member_id, **request})
