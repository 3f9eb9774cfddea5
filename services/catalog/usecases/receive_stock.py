"""Goods arrive at the warehouse."""

from typing import Any

from services.catalog.contract import GOODS_UNKNOWN
from services.catalog.domain.codes import RandomBytes
from services.catalog.storage.levels import Cause, level_of
from services.catalog.usecases.stock_arrival import take_in
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def receive_stock(work: Work, request: dict[str, Any], random_bytes: RandomBytes) -> dict[str, Any]:
    """The level afterwards, over all warehouses. Of virtual goods ``quantity`` new codes are made."""
    sku_id = request["sku_id"]
    if level_of(work, sku_id) is None:
        raise Refused(GOODS_UNKNOWN, "no such SKU", sku_ids=[sku_id])
    arrival = Cause("received", +1, request["reason"], actor=request["actor"])
    take_in(work, {sku_id: request["quantity"]}, arrival, random_bytes)
    return {"sku_id": sku_id, **(level_of(work, sku_id) or {})}
