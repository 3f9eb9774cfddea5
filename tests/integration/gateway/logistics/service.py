"""A stand-in for logistics: writes down what reaches it, and takes its time when the body says so: a
second, or as long as a file named in the body is there."""

import json
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
        if "held" in request["body"]:
            _wait_while_there(Path(json.loads(request["body"])["held"]))
        return {"outcome": "applied"}


def _wait_while_there(file: Path) -> None:
    while file.exists():
        time.sleep(0.02)
