"""Verbs on what merchants have, what is kept back for them, and for how long."""

import argparse

from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json
from services.orders import contract
from services.orders.storage.escrow import GENERAL
from services.orders.usecases.escrow.look_at_merchants import (
    get_merchant_balance,
    list_merchant_entries,
    set_escrow_terms,
)

MOST_DAYS = 180


def merchant_balance(works: Works, options: argparse.Namespace) -> int:
    asked = contract.GET_MERCHANT_BALANCE.load_request({"merchant_id": options.merchant_id})
    with works.begin() as work:
        return _show(options, contract.GET_MERCHANT_BALANCE.dump_reply(get_merchant_balance(work, asked)))


def merchant_entries(works: Works, options: argparse.Namespace) -> int:
    said = {"merchant_id": options.merchant_id, "before": options.before}
    asked = contract.LIST_MERCHANT_ENTRIES.load_request(said)
    with works.begin() as work:
        found = contract.LIST_MERCHANT_ENTRIES.dump_reply(list_merchant_entries(work, asked))["entries"]
    return _show(options, *found)


def set_terms(works: Works, options: argparse.Namespace) -> int:
    said = {"merchant_id": options.merchant, "days_after_delivery": options.days_after_delivery}
    with works.begin() as work:
        row = set_escrow_terms(work, {**said, "reason": options.because})
    return _show(options, row)


def _show(options: argparse.Namespace, *rows: object) -> int:
    if options.json:
        say_json(rows)
    else:
        print("\n".join(brief(row) for row in rows) or "none")
    return DONE


def _takes_merchant(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("merchant_id", metavar="MERCHANT_ID")


def _takes_page(parser: argparse.ArgumentParser) -> None:
    _takes_merchant(parser)
    parser.add_argument("--before", type=int, metavar="ID", help="the last one of the page before")


def _takes_terms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("days_after_delivery", type=int, choices=range(MOST_DAYS + 1), metavar="DAYS")
    parser.add_argument("--merchant", default=GENERAL, metavar="MERCHANT_ID", help="all others, if not said")
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


MERCHANT_VERBS = [
    Verb("merchant balance", "what a merchant has, and what is kept back", merchant_balance, _takes_merchant),
    Verb("merchant entries", "sales, refunds, credits and debits, the latest first", merchant_entries, _takes_page),
    Verb("merchant set-terms", "days after delivery until what nobody confirmed is credited", set_terms, _takes_terms),
]
