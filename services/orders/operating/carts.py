"""Verbs on the terms of carts."""

import argparse
from typing import Any

from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb, instant
from services.chassis.showing import brief, say_json
from services.orders.storage.cart_terms import list_cart_terms
from services.orders.usecases.tidy_carts import set_cart_terms


def set_terms(works: Works, options: argparse.Namespace) -> int:
    wish = {"most_lines": options.most_lines, "keep_days": options.keep_days, "effective_from": options.starting}
    return _show(works.run(set_cart_terms, {**wish, "reason": options.because}), options)


def list_terms(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        found = list_cart_terms(work)
    return _show(found, options)


def _show(found: list[dict[str, Any]], options: argparse.Namespace) -> int:
    if options.json:
        say_json({"terms": found})
        return DONE
    for terms in found:
        print(brief(terms))
    return DONE


def _takes_terms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--most-lines", type=int, required=True, metavar="N", help="in one cart")
    parser.add_argument("--keep-days", type=int, required=True, metavar="DAYS", help="that nobody touches a line")
    parser.add_argument("--from", dest="starting", type=instant, metavar="INSTANT", help="now, if not said")
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


CART_VERBS = [
    Verb("cart-terms set", "how many lines a cart has, and how long they stay", set_terms, _takes_terms),
    Verb("cart-terms list", "what is decided, newest first", list_terms),
]
