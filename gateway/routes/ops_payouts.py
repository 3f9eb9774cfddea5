"""Cash from the door that goes back: finance pays it out, and says so here."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.pages import limit_field
from gateway.requests import request_id_for, rpc
from services.chassis.contract import Call
from services.chassis.schemas import Request, text
from services.orders import contract as orders

blueprint = MallBlueprint("ops_payouts", __name__, url_prefix="/v1/ops/payouts", description="For finance")


class PayoutsSought(Request):
    limit = limit_field(50)


class PaidOut(Request):
    """``reference`` is the transfer's number at the bank."""

    reference = text(80)
    reason = text(200)


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("finance")
@blueprint.arguments(PayoutsSought, location="query")
@blueprint.refuses(orders.LIST_PAYOUTS)
@blueprint.response(200, orders.Payouts)
def list_payouts(query: dict[str, Any]) -> Any:
    """What is to be paid out, the longest due first."""
    return _ask(orders.LIST_PAYOUTS, query)


@blueprint.route("/<id('rfd'):refund_id>", methods=["GET"])
@blueprint.for_staff("finance")
@blueprint.refuses(orders.GET_PAYOUT)
@blueprint.response(200, orders.Payout)
def get_payout(refund_id: str) -> Any:
    """One, paid out or not."""
    return _ask(orders.GET_PAYOUT, {"refund_id": refund_id})


@blueprint.route("/<id('rfd'):refund_id>/confirmation", methods=["POST"])
@blueprint.for_staff("finance")
@blueprint.idempotent
@blueprint.arguments(PaidOut, example={"reference": "2026120100018", "reason": "the goods came back"})
@blueprint.refuses(orders.CONFIRM_PAYOUT)
@blueprint.response(200, orders.Payout)
def confirm_payout(body: dict[str, Any], refund_id: str) -> Any:
    """It was paid out; said again it changes nothing."""
    return _ask(orders.CONFIRM_PAYOUT, {"request_id": request_id_for(g.staff.name), "refund_id": refund_id, **body})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
