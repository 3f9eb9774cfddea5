"""A stand-in for logistics: writes down what reaches it, and takes its time when the body says so."""

import os
import time
from pathlib import Path
from typing import Any

from services.chassis.bus.providers import RpcProvider
from services.chassis.bus.rpc_server import command
from services.chassis.health import Health
from services.logistics import contract

SLOW_S = 1.0


class StandIn:
    name = contract.SERVICE
    uses_database = False
    default_workers = 64
    replies = RpcProvider()
    health = Health(database=False)

    @command(contract.RECORD_CARRIER_CALLBACK)
    def record_carrier_callback(self, request: dict[str, Any]) -> dict[str, str]:
        with Path(os.environ["STAND_IN_NOTES"]).open("ab") as notes:
            notes.write(request["body"].encode() + b"\n")
        if "slow" in request["body"]:
            time.sleep(SLOW_S)
        return {"outcome": "applied"}
