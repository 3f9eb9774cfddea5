"""``python -m deploy.seed``: puts the seed data in through the services' own commands, and waits until it arrived."""

import services.chassis.green  # noqa: F401 — before whatever opens a socket

import os
import sys
import time

from deploy.seed import catalog, subscribers
from deploy.seed.carriers import carrier_requests
from deploy.seed.provisioners import provisioner_requests
from services.catalog.contract import IMPORT_CATALOG, IMPORT_PLACES, RECEIVE_STOCK
from services.chassis.bus.faults import RpcFault
from services.chassis.bus.rpc_client import RpcCaller
from services.chassis.bus.tools import open_rpc
from services.chassis.refusal import Refused
from services.logistics.contract import PUT_CARRIER
from services.members.contract import FIND_MEMBER, IMPORT_SUBSCRIBERS
from services.orders.contract import PUT_PROVISIONER
from services.points.contract import ACCOUNT_UNKNOWN, GET_BALANCE

ACTOR = "ops:seed"
PATIENCE_S = 60


def main() -> int:
    try:
        with open_rpc(os.environ["MALL_AMQP_URL"], ACTOR) as rpc:
            print(seed(rpc))
    except (Refused, RpcFault, TimeoutError) as problem:
        print(f"seeding stopped: {problem}", file=sys.stderr)
        return 1
    return 0


def seed(rpc: RpcCaller) -> str:
    """Everything, in the order in which it depends on each other; the line that the launcher shows."""
    carriers = [rpc.call(PUT_CARRIER, request) for request in carrier_requests()]
    partners = [rpc.call(PUT_PROVISIONER, request) for request in provisioner_requests()]
    rpc.call(IMPORT_PLACES, catalog.place_request())
    goods = [rpc.call(IMPORT_CATALOG, request)["goods"] for request in catalog.import_requests()]
    for arrival in catalog.arrival_requests():
        rpc.call(RECEIVE_STOCK, arrival)
    batches = subscribers.import_requests()
    imports = [rpc.call(IMPORT_SUBSCRIBERS, request) for request in batches]
    wait_for_accounts(rpc, [batch["subscribers"][-1]["subscriber_no"] for batch in batches])
    people = sum(result["imported"] + result["known"] for result in imports)
    return f"{sum(goods)} goods, {people} subscribers, {len(carriers)} carrier(s), {len(partners)} top-up partner(s)"


def wait_for_accounts(rpc: RpcCaller, subscriber_nos: list[str]) -> None:
    """Accounts are opened by an event a batch; a bill run before that would reject subscribers as unknown."""
    deadline = time.monotonic() + PATIENCE_S
    for subscriber_no in subscriber_nos:
        member = rpc.call(FIND_MEMBER, {"subscriber_no": subscriber_no})["member"]
        while not _has_account(rpc, member["member_id"]):
            if time.monotonic() > deadline:
                raise TimeoutError(f"no points account for subscriber {subscriber_no} after {PATIENCE_S} s")
            time.sleep(0.1)


def _has_account(rpc: RpcCaller, member_id: str) -> bool:
    try:
        rpc.call(GET_BALANCE, {"member_id": member_id})
    except Refused as refusal:
        if refusal.code != ACCOUNT_UNKNOWN:
            raise
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
