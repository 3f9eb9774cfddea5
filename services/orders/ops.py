"""For operators: ``python -m services.orders.ops check | show ORDER_ID``."""

import argparse
import json
import sys
from typing import Any

import sqlalchemy as sa

from services.chassis.context import Context
from services.chassis.data.database import make_engine
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.chassis.settings import SettingsError, database_url_of, environment_reader, seal
from services.orders import contract
from services.orders.storage.payments import notices_of_payment, payment_of_order, refunds_of_payment
from services.orders.storage.queries import facts_of, find_order
from services.orders.storage.tenders import tender_event_rows, tenders_of
from services.orders.usecases.check_invariants import check_invariants
from services.orders.usecases.views import view_of


def main(argv: list[str]) -> int:
    """0: all well; 1: a broken invariant or no such order; 2: wrong use or no database."""
    asked = parser().parse_args(argv)
    try:
        works = open_works()
    except SettingsError as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        return int(asked.run(works, asked))
    except Refused as refusal:
        print(f"{refusal.code}: {refusal.message}", file=sys.stderr)
        return 1
    finally:
        works.engine.dispose()


def parser() -> argparse.ArgumentParser:
    whole = argparse.ArgumentParser(prog="python -m services.orders.ops", description=__doc__)
    verbs = whole.add_subparsers(required=True)
    checking = verbs.add_parser("check", help="the audit: what must be true of every order")
    checking.set_defaults(run=check)
    showing = verbs.add_parser("show", help="one order with its tenders, payment and history")
    showing.add_argument("order_id")
    showing.set_defaults(run=show)
    for verb in (checking, showing):
        verb.add_argument("--json", action="store_true", help="for programs")
    return whole


def open_works() -> Works:
    env = environment_reader()
    url = env.str("DATABASE_URL_ORDERS", "") or database_url_of(env.str("DATABASE_URL"), "orders")
    seal(env)
    return Works(make_engine(url, pool_size=1, application="orders-ops"), Context.fresh("ops"))


def check(works: Works, asked: argparse.Namespace) -> int:
    with works.begin() as work:
        results = check_invariants(work)
    if asked.json:
        print(json.dumps(results))
    else:
        for result in results:
            print(f"{'ok    ' if result['ok'] else 'BROKEN'} {result['name']} {' '.join(result['found'])}".rstrip())
    return 0 if all(result["ok"] for result in results) else 1


def show(works: Works, asked: argparse.Namespace) -> int:
    with works.begin() as work:
        whole = whole_order(work, asked.order_id)
    if asked.json:
        print(json.dumps(whole, ensure_ascii=False, default=plain))
    else:
        for line in readable(whole):
            print(line)
    return 0


def whole_order(work: Work, order_id: str) -> dict[str, Any]:
    """Everything on record of an order, its lines, tenders, payment and history; refuses an unknown one."""
    order = find_order(work, order_id)
    if order is None:
        raise Refused(contract.ORDER_UNKNOWN, "no such order")
    payment = payment_of_order(work, order_id)
    return {
        "order": view_of(work, order),
        "tenders": [
            {"tender_id": tender.tender_id, "provider": tender.provider, **vars(tender.state)}
            for tender in tenders_of(work, order_id)
        ],
        "tender_events": tender_event_rows(work, order_id),
        "payment": payment,
        "notices": notices_of_payment(work, payment.payment_id) if payment else [],
        "refunds": refunds_of_payment(work, payment.payment_id) if payment else [],
        "facts": facts_of(work, order_id),
    }


def readable(whole: dict[str, Any]) -> list[str]:
    order = whole["order"]
    axes = f"{order['status']} / {order['payment_status']} / {order['fulfilment_status']}"
    lines = [f"{order['order_id']} of {order['member_id']}: {axes}, version {order['version']}"]
    lines += [f"  {line.line_no}. {line.name_zh} x{line.quantity}" for line in order["lines"]]
    lines += [f"  tender {t['kind']}: {t['captured']} of {t['due']}, back {t['refunded']}" for t in whole["tenders"]]
    lines += [f"  {e.recorded_at} {e.kind} {e.op} {e.outcome} {e.amount} ({e.actor})" for e in whole["tender_events"]]
    lines += [f"  {fact.at} {fact.what} ({fact.actor}) {fact.details or ''}".rstrip() for fact in whole["facts"]]
    return lines


def plain(value: Any) -> Any:
    if isinstance(value, sa.Row):
        return dict(value._mapping)
    return sorted(value) if isinstance(value, frozenset) else str(value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
