"""Warehouses and business halls, for operations."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.contract import Call
from services.chassis.schemas import Request, choice, listed, text

blueprint = MallBlueprint("places", __name__, url_prefix="/v1/ops/places", description="Where stock lies")
EXAMPLE = {
    "reason": "the new hall opens",
    "places": [
        {
            "place_id": "whs_0192f0c1a2b37c4d8e5f60718293a4b5",
            "kind": "hall",
            "name_zh": "天河营业厅",
            "name_en": "Tianhe hall",
            "province": "广东省",
            "city": "广州市",
            "priority": 100,
        }
    ],
    "localities": [{"province": "广东省", "city": "广州市", "latitude_e6": 23_129_000, "longitude_e6": 113_264_000}],
}


class ToldPlaces(Request):
    reason = text(200)
    places = listed(catalog.NewPlace, longest=catalog.LARGEST_IMPORT)
    localities = listed(catalog.Locality, longest=catalog.LARGEST_IMPORT, load_default=list)


class ToldState(Request):
    state = choice(*catalog.PLACE_STATES)
    reason = text(200)


class PlacesQuery(Request):
    kind = choice(*catalog.PLACES, load_default=None)


@blueprint.route("", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(ToldPlaces, example=EXAMPLE)
@blueprint.refuses(catalog.IMPORT_PLACES)
@blueprint.response(200, catalog.PlacesImported)
def import_places(body: dict[str, Any]) -> Any:
    """Bring in places and cities; what exists is updated, what is not named stays."""
    return _ask(catalog.IMPORT_PLACES, {"request_id": request_id_for(g.staff.name), **body})


@blueprint.route("", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(PlacesQuery, location="query")
@blueprint.refuses(catalog.LIST_PLACES)
@blueprint.response(200, catalog.AllPlaces)
def list_places(query: dict[str, Any]) -> Any:
    """All of them, in the order of use."""
    return _ask(catalog.LIST_PLACES, query)


@blueprint.route("/<id('whs'):place_id>/state", methods=["POST"])
@blueprint.for_staff("ops")
@blueprint.idempotent
@blueprint.arguments(ToldState, example={"state": "closed", "reason": "stock-taking"})
@blueprint.refuses(catalog.SET_PLACE_STATE)
@blueprint.response(200, catalog.Place)
def set_place_state(body: dict[str, Any], place_id: str) -> Any:
    """Open or close one; what it promised before is kept."""
    return _ask(catalog.SET_PLACE_STATE, {"request_id": request_id_for(g.staff.name), "place_id": place_id, **body})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
