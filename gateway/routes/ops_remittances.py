"""What carriers pay over of the cash that they collected at doors, for finance."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.bodies import Because
from gateway.pages import limit_field, on_the_wire
from gateway.requests import request_id_for, rpc
from services.chassis.contract import Call
from services.chassis.schemas import Request, choice, text
from services.orders import contract as orders

blueprint = MallBlueprint("ops_remittances", __name__, url_prefix="/v1/ops/remittances", description="For finance")
EXAMPLE = {
    "carrier": "sf",
    "number": "SF-COD-20261201",
    "paid_on": "2026-12-01",
    "reference": "2026120100017",
    "total_fen": 9900,
    "parcels": [{"waybill_no": "SF1029384756", "amount_fen": 9900}],
}


class RemittancesSought(Request):
    carrier = text(40, load_default=None)
    limit = limit_field(50)


class RemittanceDifferencesSought(RemittancesSought):
    """What is left out does not matter."""

    state = choice(*orders.REMITTANCE_STATES, load_default=None)
    what = choice(*orders.REMITTANCE_DIFFERENCES, load_default=None)


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("finance")
@blueprint.idempotent
@blueprint.arguments(orders.RemittanceContents, example=EXAMPLE)
@blueprint.refuses(orders.RECORD_REMITTANCE)
@blueprint.response(201, orders.RecordedRemittance)
def record_remittance(body: dict[str, Any]) -> Any:
    """A carrier has paid over what it collected: parcel by parcel, the whole of it or nothing."""
    return _ask(orders.RECORD_REMITTANCE, {"request_id": request_id_for(g.staff.name), **on_the_wire(body)})


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("finance")
@blueprint.arguments(RemittancesSought, location="query")
@blueprint.refuses(orders.LIST_REMITTANCES)
@blueprint.response(200, orders.Remittances)
def list_remittances(query: dict[str, Any]) -> Any:
    """What came, the latest first, and what each carrier owes still."""
    return _ask(orders.LIST_REMITTANCES, query)


@blueprint.route("/differences", methods=["GET"])
@blueprint.for_staff("finance")
@blueprint.arguments(RemittanceDifferencesSought, location="query")
@blueprint.refuses(orders.LIST_REMITTANCE_DIFFERENCES)
@blueprint.response(200, orders.RemittanceDifferences)
def list_remittance_differences(query: dict[str, Any]) -> Any:
    """Parcels for which another amount was paid over than the carrier said that it collected, or nothing in time."""
    return _ask(orders.LIST_REMITTANCE_DIFFERENCES, query)


@blueprint.route("/differences/<id('dif'):difference_id>/explanation", methods=["POST"])
@blueprint.for_staff("finance")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "paid twice, goes back with the next settlement"})
@blueprint.refuses(orders.EXPLAIN_REMITTANCE_DIFFERENCE)
@blueprint.response(200, orders.RemittanceDifference)
def explain_remittance_difference(body: dict[str, Any], difference_id: str) -> Any:
    """Why a carrier has paid too much; what it has not paid is written off, not explained."""
    return _decide(orders.EXPLAIN_REMITTANCE_DIFFERENCE, difference_id, **body)


@blueprint.route("/differences/<id('dif'):difference_id>/write-off", methods=["POST"])
@blueprint.for_staff("finance")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "the courier was robbed, police report 17"})
@blueprint.refuses(orders.ASK_WRITE_OFF)
@blueprint.response(200, orders.RemittanceDifference)
def ask_remittance_write_off(body: dict[str, Any], difference_id: str) -> Any:
    """Ask that what is missing is given up; somebody else decides."""
    return _decide(orders.ASK_WRITE_OFF, difference_id, **body)


@blueprint.route("/differences/<id('dif'):difference_id>/write-off/approval", methods=["POST"])
@blueprint.for_staff("finance")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "seen the report"})
@blueprint.refuses(orders.DECIDE_WRITE_OFF)
@blueprint.response(200, orders.RemittanceDifference)
def approve_remittance_write_off(body: dict[str, Any], difference_id: str) -> Any:
    """Give up what somebody else has asked for."""
    return _decide(orders.DECIDE_WRITE_OFF, difference_id, **body, is_approved=True)


@blueprint.route("/differences/<id('dif'):difference_id>/write-off/rejection", methods=["POST"])
@blueprint.for_staff("finance")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "the carrier is insured"})
@blueprint.refuses(orders.DECIDE_WRITE_OFF)
@blueprint.response(200, orders.RemittanceDifference)
def reject_remittance_write_off(body: dict[str, Any], difference_id: str) -> Any:
    """It stays missing."""
    return _decide(orders.DECIDE_WRITE_OFF, difference_id, **body, is_approved=False)


def _decide(contract: Call, difference_id: str, **more: Any) -> Any:
    return _ask(contract, {"request_id": request_id_for(g.staff.name), "difference_id": difference_id, **more})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
