"""Goods arrive at a place, if none is named at the warehouse that is used first."""

from typing import Any

from services.catalog.contract import ELEMENT_NEEDED, GOODS_UNKNOWN
from services.catalog.domain.codes import RandomBytes
from services.catalog.storage.compositions import compositions_of
from services.catalog.storage.levels import Cause, level_of
from services.catalog.storage.places import receiving_warehouse
from services.catalog.usecases.set_place_state import open_place
from services.catalog.usecases.stock_arrival import take_in
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def receive_stock(work: Work, request: dict[str, Any], random_bytes: RandomBytes) -> dict[str, Any]:
    """The level afterwards, over all places. Of what is delivered by code ``quantity`` new codes are made."""
    sku_id = request.get("sku_id")
    element_id = request.get("element_id") or _only_element_of(work, request["sku_id"])
    if level_of(work, element_id) is None:
        raise Refused(GOODS_UNKNOWN, "no such element", element_ids=[element_id])
    place = open_place(work, request["place_id"])["place_id"] if "place_id" in request else receiving_warehouse(work)
    key = f"receive_stock {request['request_id']}"
    arrival = Cause("received", +1, request["reason"], key, actor=request["actor"])
    take_in(work, place, {element_id: request["quantity"]}, arrival, random_bytes)
    return {"element_id": element_id, "sku_id": sku_id, **(level_of(work, element_id) or {})}


def _only_element_of(work: Work, sku_id: str) -> str:
    parts = compositions_of(work, [sku_id]).get(sku_id)
    if parts is None:
        raise Refused(GOODS_UNKNOWN, "no such SKU", sku_ids=[sku_id])
    if [part.quantity for part in parts] != [1]:
        raise Refused(ELEMENT_NEEDED, "this SKU is composed: name the element that arrives", sku_id=sku_id)
    return parts[0].element_id
