"""For operators: ``python -m services.orders.ops check | show | find | stuck | flow | terms | case | payout …``."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb, audit, operate
from services.chassis.showing import brief, say_json
from services.orders import contract
from services.orders.operating.approvals import APPROVAL_VERBS
from services.orders.operating.bills import BILL_VERBS
from services.orders.operating.carts import CART_VERBS
from services.orders.operating.cases import CASE_VERBS
from services.orders.operating.finding import FINDING_VERBS
from services.orders.operating.flows import FLOW_VERBS
from services.orders.operating.merchants import MERCHANT_VERBS
from services.orders.operating.payouts import PAYOUT_VERBS
from services.orders.operating.provisioners import PROVISIONER_VERBS
from services.orders.operating.remittances import REMITTANCE_VERBS
from services.orders.operating.sale_terms import SALE_TERMS_VERBS
from services.orders.operating.stuck_orders import STUCK_ORDER_VERBS
from services.orders.usecases.check_invariants import check_invariants
from services.orders.usecases.order_record import get_order_record


def main(argv: Sequence[str], prog: str | None = None) -> int:
    return operate(contract.SERVICE, "operations on orders", VERBS, argv, prog)


def show(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        whole = get_order_record(work, {"order_id": options.order_id})
    if options.json:
        say_json(whole)
    else:
        print("\n".join(readable(whole)))
    return DONE


def readable(whole: dict[str, Any]) -> list[str]:
    order = whole["order"]
    axes = f"{order['status']} / {order['payment_status']} / {order['fulfilment_status']}"
    lines = [f"{order['order_id']} of {order['member_id']}: {axes}, version {order['version']}"]
    lines += [f"  {line.line_no}. {line.name_zh} x{line.quantity}" for line in order["lines"]]
    lines += [f"  step {_step(step)}" for step in whole["steps"]]
    lines += [f"  tender {t['kind']}: {t['captured']} of {t['due']}, back {t['refunded']}" for t in whole["tenders"]]
    lines += [f"  {e.recorded_at} {e.kind} {e.op} {e.outcome} {e.amount} ({e.actor})" for e in whole["tender_events"]]
    lines += [f"  {fact.at} {fact.what} ({fact.actor}) {fact.details or ''}".rstrip() for fact in whole["timeline"]]
    return lines


def _step(step: dict[str, Any]) -> str:
    more = {name: step[name] for name in ("since", "due_at", "stuck_at", "tries", "problem") if name in step}
    return f"{step['step']}: {step['state']} {brief(more)}".rstrip()


def _takes_order(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("order_id", metavar="ORDER_ID")


VERBS = [
    audit(check_invariants),
    Verb("show", "one order with its tenders, payment, plan and history", show, _takes_order),
    *FINDING_VERBS,
    *STUCK_ORDER_VERBS,
    *APPROVAL_VERBS,
    *FLOW_VERBS,
    *SALE_TERMS_VERBS,
    *CART_VERBS,
    *BILL_VERBS,
    *CASE_VERBS,
    *MERCHANT_VERBS,
    *PAYOUT_VERBS,
    *REMITTANCE_VERBS,
    *PROVISIONER_VERBS,
]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
