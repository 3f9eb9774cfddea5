"""Codes at a merchant's counter (核销): looked up, verified, undone. The merchant is the one of the key, never told."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.pages import limit_field, position_field
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.contract import Call
from services.chassis.schemas import Request, text

blueprint = MallBlueprint(
    "verifications", __name__, url_prefix="/v1/merchant/verifications", description="At the counter of a merchant"
)
EXAMPLE = {"code": "K7QM-3XHT-9WPA-22VE"}


class TypedCode(Request):
    """As it is printed, or without its hyphens."""

    code = text(60)


class Mistake(TypedCode):
    reason = text(200)


class VerificationsQuery(Request):
    before = position_field("The last number of the page before")
    limit = limit_field()


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("merchant")
@blueprint.idempotent
@blueprint.arguments(TypedCode, example=EXAMPLE)
@blueprint.refuses(catalog.VERIFY_CODE)
@blueprint.response(201, catalog.CodeAtCounter)
def verify_code(body: dict[str, Any]) -> Any:
    """Use a code, once. A wrong one costs the counter a try; after some it is locked for a while."""
    return _ask(catalog.VERIFY_CODE, {"request_id": request_id_for(g.staff.key_id), **_at_counter(), **body})


@blueprint.route("/look-ups", methods=["POST"])
@blueprint.for_staff("merchant")
@blueprint.arguments(TypedCode, example=EXAMPLE)
@blueprint.refuses(catalog.FIND_CODE)
@blueprint.response(200, catalog.CodeAtCounter)
def find_code(body: dict[str, Any]) -> Any:
    """What a code is for and whether it is good. Uses it not; a wrong one costs a try here too."""
    return _ask(catalog.FIND_CODE, {**_at_counter(), **body})


@blueprint.route("/cancellation", methods=["POST"])
@blueprint.for_staff("merchant")
@blueprint.idempotent
@blueprint.arguments(Mistake, example={**EXAMPLE, "reason": "the guest took the other ticket"})
@blueprint.refuses(catalog.UNDO_VERIFICATION)
@blueprint.response(200, catalog.CodeAtCounter)
def undo_verification(body: dict[str, Any]) -> Any:
    """Undo a verification made by mistake, within minutes: the code is good again."""
    return _ask(catalog.UNDO_VERIFICATION, {"request_id": request_id_for(g.staff.key_id), **_at_counter(), **body})


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("merchant")
@blueprint.arguments(VerificationsQuery, location="query")
@blueprint.refuses(catalog.LIST_VERIFICATIONS)
@blueprint.response(200, catalog.Verifications)
def list_verifications(query: dict[str, Any]) -> Any:
    """What was verified at the merchant's counters, and undone, newest first."""
    return _ask(catalog.LIST_VERIFICATIONS, {"merchant_id": g.staff.merchant_id, **query})


def _at_counter() -> dict[str, str]:
    return {"merchant_id": g.staff.merchant_id, "key_id": g.staff.key_id}


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
