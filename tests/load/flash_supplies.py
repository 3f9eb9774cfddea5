"""A flash sale for the benchmark, by RPC. A process of its own: the bus wants a patched one.

Reads {"sku_id": …, "parts": [{element_id, quantity}], "units": …}; brings so many pieces in, opens a sale of them and
prints its id. Whatever else it reads are terms of the sale.
"""

import services.chassis.green  # noqa: F401 — before whatever opens a socket

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from services.catalog.contract import CANCEL_FLASH_SALE, LIST_FLASH_SALES, OPEN_FLASH_SALE, RECEIVE_STOCK
from services.chassis.bus.rpc_client import RpcCaller
from services.chassis.bus.tools import open_rpc
from services.chassis.ids import new_id

ACTOR = "ops:bench"


def open_sale(rpc: RpcCaller, sku_id: str, parts: list[dict[str, Any]], units: int, **terms: Any) -> str:
    """The one sale of the SKU: what an earlier benchmark left open is called off."""
    for sale in rpc.call(LIST_FLASH_SALES, {"sku_id": sku_id})["sales"]:
        if sale["status"] == "open":
            told = {"request_id": new_id("req"), "sale_id": sale["sale_id"], "reason": "bench"}
            rpc.call(CANCEL_FLASH_SALE, told)
    for part in parts:
        came = {"element_id": part["element_id"], "quantity": part["quantity"] * units}
        rpc.call(RECEIVE_STOCK, {"request_id": new_id("req"), **came, "reason": "bench", "actor": ACTOR})
    ends_at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    wish = {"sku_id": sku_id, "ends_at": ends_at, "points": 1, "quota": units, "ticket_s": 3600, "reason": "bench"}
    return str(rpc.call(OPEN_FLASH_SALE, {"request_id": new_id("req"), **wish, **terms})["sale_id"])


if __name__ == "__main__":
    with open_rpc(os.environ["MALL_AMQP_URL"], ACTOR) as caller:
        wanted = json.load(sys.stdin)
        print(open_sale(caller, **wanted))
