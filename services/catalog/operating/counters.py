"""Verbs on counters: their terms, what was verified at a merchant's, and what waits at a hall's."""

import argparse

from services.catalog import contract
from services.catalog.operating.asking import ask, takes_reason
from services.catalog.storage.counters import all_terms
from services.catalog.usecases.hand_over import list_waiting
from services.catalog.usecases.set_counter_terms import LIMITS, set_counter_terms
from services.catalog.usecases.verify_codes import list_verifications
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb, instant
from services.chassis.showing import brief, say_json


def set_terms(works: Works, options: argparse.Namespace) -> int:
    told = {name: getattr(options, name) for name in LIMITS}
    with works.begin() as work:
        terms = set_counter_terms(work, {**told, "effective_from": options.starting, "reason": options.because})
    return _show(terms, options)


def list_terms(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        return _show(all_terms(work), options)


def verifications(works: Works, options: argparse.Namespace) -> int:
    page = {"merchant_id": options.merchant_id, "before": options.before, "limit": options.most}
    return _show(ask(works, contract.LIST_VERIFICATIONS, list_verifications, page)["verifications"], options)


def waiting(works: Works, options: argparse.Namespace) -> int:
    page = {"place_id": options.place_id, "after": options.after, "limit": options.most}
    return _show(ask(works, contract.LIST_WAITING, list_waiting, page)["waiting"], options)


def _show(rows: list[dict], options: argparse.Namespace) -> int:
    if options.json:
        say_json(rows)
    else:
        print("\n".join(brief(row) for row in rows))
    return DONE


def _takes_terms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--most-wrong", type=int, metavar="N", help="codes that a key may get wrong")
    parser.add_argument("--wrong-within-s", type=int, metavar="S", help="in so many seconds, or else it is locked")
    parser.add_argument("--undo-within-s", type=int, metavar="S", help="seconds to undo a verification")
    parser.add_argument("--from", dest="starting", type=instant, metavar="INSTANT", help="with its zone")
    takes_reason(parser)


def _takes_merchant(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("merchant_id", metavar="MERCHANT_ID")
    parser.add_argument("--before", type=int, metavar="NO", help="the last number of the page before")
    parser.add_argument("--most", type=int, default=contract.LARGEST_PAGE_OF_VERIFICATIONS, metavar="N")


def _takes_hall(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place_id", metavar="PLACE")
    parser.add_argument("--after", metavar="ORDER", help="the last order of the page before")
    parser.add_argument("--most", type=int, default=contract.LARGEST_PAGE_OF_WAITING, metavar="N")


COUNTER_VERBS = [
    Verb("counter set", "what counters may get wrong and undo; what is not said stays", set_terms, _takes_terms),
    Verb("counter list", "terms of counters, newest first", list_terms),
    Verb("verifications", "what was verified at a merchant's counters, newest first", verifications, _takes_merchant),
    Verb("waiting", "orders that wait in a hall for their buyers, the longest first", waiting, _takes_hall),
]
