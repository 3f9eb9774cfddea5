"""Verbs on listings under review, and on what points may be worth in prices."""

import argparse
import json
import secrets
from functools import partial
from pathlib import Path
from typing import Any

from services.catalog import contract
from services.catalog.operating.asking import ask, command, show, takes_reason
from services.catalog.usecases.check_values import offered_values_outside, set_value_band
from services.catalog.usecases.review_listings import (
    approve_listing,
    draft_listing,
    get_listing,
    list_listings,
    reject_listing,
    submit_listing,
)
from services.chassis.data.work import Works
from services.chassis.operations import DONE, FOUND, Verb, instant
from services.chassis.showing import brief, say_json


def submit(works: Works, options: argparse.Namespace) -> int:
    """Drafts and submits what a file says of one goods."""
    draft = {"goods": json.loads(options.file.read_text(encoding="utf-8")), "explanation": options.explanation}
    drafted = command(works, contract.DRAFT_LISTING, draft_listing, {**draft, "listing_id": options.listing_id})
    return show(command(works, contract.SUBMIT_LISTING, submit_listing, {"listing_id": drafted["listing_id"]}), options)


def approve(works: Works, options: argparse.Namespace) -> int:
    review = {"merits": options.merit, "accepts_values": options.accept_values}
    usecase = partial(approve_listing, random_bytes=secrets.token_bytes)
    request = {"listing_id": options.listing_id, **review}
    return show(command(works, contract.APPROVE_LISTING, usecase, request), options)


def reject(works: Works, options: argparse.Namespace) -> int:
    request = {"listing_id": options.listing_id, "reason": options.because}
    return show(command(works, contract.REJECT_LISTING, reject_listing, request), options)


def show_one(works: Works, options: argparse.Namespace) -> int:
    say_json(ask(works, contract.GET_LISTING, get_listing, {"listing_id": options.listing_id}), indented=True)
    return DONE


def list_all(works: Works, options: argparse.Namespace) -> int:
    asked = {"state": options.state, "limit": options.most, "before": options.before}
    page = ask(works, contract.LIST_LISTINGS, list_listings, asked)
    if options.json:
        say_json(page)
        return DONE
    for listing in page["listings"]:
        print(brief({name: value for name, value in listing.items() if value is not None}))
    if page["next_before"]:
        print(f"more: --before {page['next_before']}")
    return DONE


def set_band(works: Works, options: argparse.Namespace) -> int:
    request = {"least": options.least, "most": options.most, "effective_from": options.starting}
    return show(works.run(set_value_band, request), options)


def _takes_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="JSON: one goods, as in an import")
    parser.add_argument("--explanation", help="why a price is unusual")
    parser.add_argument("--listing-id", metavar="LISTING", help="a draft or a rejected one, as it shall be now")


def _takes_listing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("listing_id", metavar="LISTING")


def _takes_approval(parser: argparse.ArgumentParser) -> None:
    _takes_listing(parser)
    parser.add_argument("--merit", action="append", required=True, choices=contract.MERITS, help="at least two")
    parser.add_argument("--accept-values", action="store_true", help="the explanation of its prices convinces")


def _takes_rejection(parser: argparse.ArgumentParser) -> None:
    _takes_listing(parser)
    takes_reason(parser)


def _takes_page(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", choices=contract.LISTING_STATES)
    parser.add_argument("--most", type=int, default=20, metavar="N", help="20, if not said")
    parser.add_argument("--before", type=int, metavar="NO", help="as the page before said")


def check_band(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        found = offered_values_outside(work)
    if options.json:
        say_json({"prices": found})
    else:
        print("\n".join(brief(price) for price in found) or "all within the band, or accepted")
    return FOUND if found else DONE


def _takes_band(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--least", type=int, required=True, metavar="FEN", help="that a thousand points may be worth")
    parser.add_argument("--most", type=int, required=True, metavar="FEN")
    parser.add_argument("--from", dest="starting", type=instant, metavar="INSTANT", help="now, if not said")


REVIEW_VERBS: list[Any] = [
    Verb("review submit", "propose a change of goods, for somebody else to review", submit, _takes_file),
    Verb("review list", "proposed changes, newest first", list_all, _takes_page),
    Verb("review show", "one of them, with the goods as they would be", show_one, _takes_listing),
    Verb("review approve", "list what somebody else submitted", approve, _takes_approval),
    Verb("review reject", "send it back, with the reason", reject, _takes_rejection),
    Verb("value-band check", "what is offered now outside of it, and nobody accepted; 1 if anything is", check_band),
    Verb("value-band set", "what a thousand points may be worth in prices", set_band, _takes_band),
]
