"""Business halls: where a member can pick a basket up, and what happens at their counters."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.documents import EXAMPLE_UUID
from gateway.pages import limit_field
from gateway.requests import request_id_for, rpc
from services.catalog import contract as catalog
from services.chassis.contract import Call
from services.chassis.schemas import Request, identifier, text

blueprint = MallBlueprint("halls", __name__, url_prefix="/v1", description="Business halls and their counters")
BASKET = {
    "lines": [{"sku_id": f"sku_{EXAMPLE_UUID}", "quantity": 1}],
    "destination": {"province": "广东省", "city": "广州市"},
}
EXAMPLE = {"code": "04291738"}


class ShownCode(Request):
    code = text(20)


class WaitingQuery(Request):
    after = identifier("ord", allow_none=True, metadata={"description": "The last order of the page before"})
    limit = limit_field()


@blueprint.route("/halls/look-ups", methods=["POST"])
@blueprint.signed_in
@blueprint.arguments(catalog.FindHalls, example=BASKET)
@blueprint.refuses(catalog.FIND_HALLS)
@blueprint.response(200, catalog.Halls)
def find_halls(body: dict[str, Any]) -> Any:
    """Open halls in which all of a basket lies, the nearest to a city first. Nothing is promised yet."""
    return rpc(g.identity.actor).call(catalog.FIND_HALLS, body)


@blueprint.route("/hall/hand-overs", methods=["POST"])
@blueprint.for_staff("hall")
@blueprint.idempotent
@blueprint.arguments(ShownCode, example=EXAMPLE)
@blueprint.refuses(catalog.HAND_OVER_GOODS)
@blueprint.response(201, catalog.Waiting)
def hand_over_goods(body: dict[str, Any]) -> Any:
    """The member has shown the code and gets the goods. A wrong code costs the counter a try."""
    return _ask(catalog.HAND_OVER_GOODS, {"request_id": request_id_for(g.staff.key_id), **_at_counter(), **body})


@blueprint.route("/hall/hand-overs/look-ups", methods=["POST"])
@blueprint.for_staff("hall")
@blueprint.arguments(ShownCode, example=EXAMPLE)
@blueprint.refuses(catalog.FIND_WAITING)
@blueprint.response(200, catalog.Waiting)
def find_waiting(body: dict[str, Any]) -> Any:
    """What waits for whoever has this code, before it is handed over. A wrong one costs a try here too."""
    return _ask(catalog.FIND_WAITING, {**_at_counter(), **body})


@blueprint.route("/hall/waiting", methods=["GET"])
@blueprint.for_staff("hall")
@blueprint.arguments(WaitingQuery, location="query")
@blueprint.refuses(catalog.LIST_WAITING)
@blueprint.response(200, catalog.AllWaiting)
def list_waiting(query: dict[str, Any]) -> Any:
    """Orders that wait in the hall, the longest first."""
    return _ask(catalog.LIST_WAITING, {"place_id": g.staff.place_id, **query})


def _at_counter() -> dict[str, str]:
    return {"place_id": g.staff.place_id, "key_id": g.staff.key_id}


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
