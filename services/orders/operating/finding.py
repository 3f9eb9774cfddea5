"""The verb that finds orders among everybody's."""

import argparse
from typing import Any

from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import say_json, table
from services.orders import contract
from services.orders.usecases.find_orders import find_orders

ASKED = {
    "member_id": "MEMBER_ID",
    "merchant_id": "MERCHANT_ID",
    "sku_id": "SKU_ID",
    "waybill_no": "NUMBER",
    "trade_no": "NUMBER",
    "status": "STATUS",
    "payment_status": "STATUS",
    "fulfilment_status": "STATUS",
    "awaits": "approval|payment",
    "placed_from": "INSTANT",
    "placed_before": "INSTANT",
    "cursor": "CURSOR",
}
SHOWN = ("order_id", "placed_at", "member_id", "status", "payment_status", "fulfilment_status", "stuck_step")


def find(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        found = contract.FIND_ORDERS.dump_reply(find_orders(work, _wanted(options)))
    if options.json:
        say_json(found)
        return DONE
    rows = [tuple(str(order[name] or "") for name in SHOWN) for order in found["orders"]]
    print("\n".join(table([SHOWN, *rows])) if rows else "no such order")
    if found["next_cursor"]:
        print(f"more: --cursor {found['next_cursor']}")
    return DONE


def _wanted(options: argparse.Namespace) -> dict[str, Any]:
    said = {name: getattr(options, name) for name in (*ASKED, "limit") if getattr(options, name) is not None}
    return contract.FIND_ORDERS.load_request(said)


def _takes_wanted(parser: argparse.ArgumentParser) -> None:
    for name, shape in ASKED.items():
        parser.add_argument(f"--{name.removesuffix('_id').replace('_', '-')}", dest=name, metavar=shape)
    parser.add_argument("--limit", type=int, metavar="N", help="orders a page: 20, if not said")


FINDING_VERBS = [Verb("find", "orders by whose, what, number, status or time; newest first", find, _takes_wanted)]
