"""Verbs on the terms of sale."""

import argparse
from typing import Any

from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb, instant
from services.chassis.showing import brief, say_json
from services.orders.storage.terms import all_terms
from services.orders.usecases.set_sale_terms import LIMITS, set_sale_terms

MEANING = {
    "pay_window_s": "seconds that a buyer has to pay",
    "hold_grace_s": "seconds that holds outlive that",
    "covered_hold_s": "seconds that holds live if no cash is due",
    "auto_complete_days": "after delivery, until an order completes by itself",
    "fetch_days": "that goods wait in a hall for their buyer",
    "approval_window_s": "in which a bulk order is to be approved",
}


def set_terms(works: Works, options: argparse.Namespace) -> int:
    wish = {name: getattr(options, name) for name in LIMITS}
    return _show(
        works.run(set_sale_terms, {**wish, "effective_from": options.starting, "reason": options.because}), options
    )


def list_terms(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        found = all_terms(work)
    return _show(found, options)


def _show(found: list[dict[str, Any]], options: argparse.Namespace) -> int:
    if options.json:
        say_json(found)
    else:
        print("\n".join(brief(terms) for terms in found))
    return DONE


def _takes_terms(parser: argparse.ArgumentParser) -> None:
    for name, meaning in MEANING.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help=meaning)
    parser.add_argument("--from", dest="starting", type=instant, metavar="INSTANT", help="with its zone; else now")
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


SALE_TERMS_VERBS = [
    Verb("terms set", "times to pay, to hold, to fetch, to complete; what is not said stays", set_terms, _takes_terms),
    Verb("terms list", "what is decided, newest first", list_terms),
]
