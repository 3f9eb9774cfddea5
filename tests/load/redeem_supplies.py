"""Points and stock for the redeem benchmark, by RPC. A process of its own: the bus wants a patched one.

Reads {"member_ids": [...], "points": …, "sku_ids": [...], "pieces": …} and gives that much to each.
"""

import services.chassis.green  # noqa: F401 — before whatever opens a socket

import json
import os
import sys
from typing import Any

from services.catalog.contract import RECEIVE_STOCK
from services.chassis.bus.rpc_client import RpcCaller
from services.chassis.bus.tools import open_rpc
from services.chassis.ids import new_id
from services.points.contract import ACCRUE_POINTS

ACTOR = "ops:bench"


def supply(rpc: RpcCaller, wanted: dict[str, Any]) -> None:
    for member_id in wanted["member_ids"]:
        grant = {"member_id": member_id, "points": wanted["points"], "source": "adjustment", "reference": "bench"}
        rpc.call(ACCRUE_POINTS, {"request_id": new_id("req"), **grant})
    for sku_id in wanted["sku_ids"]:
        arrival = {"sku_id": sku_id, "quantity": wanted["pieces"], "reason": "bench", "actor": ACTOR}
        rpc.call(RECEIVE_STOCK, {"request_id": new_id("req"), **arrival})


if __name__ == "__main__":
    with open_rpc(os.environ["MALL_AMQP_URL"], ACTOR) as caller:
        supply(caller, json.load(sys.stdin))
