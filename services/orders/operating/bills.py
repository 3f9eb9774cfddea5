"""Verbs on providers' bills and what differs from them."""

import argparse
from typing import Any

from services.chassis.data.work import Works
from services.chassis.operations import DONE, FOUND, Verb
from services.chassis.showing import brief, say_json, table
from services.orders import contract
from services.orders.storage.bills import TERMS
from services.orders.usecases.look_at_bills import explain_difference, list_bills, list_differences, set_bill_terms

BILL = ("provider", "day", "state", "tries", "lines", "paid_fen", "refunded_fen", "fee_fen", "reviewed_at", "problem")
DIFFERENCE = ("difference_id", "provider", "day", "kind", "what", "number", "ours_fen", "theirs_fen", "state", "note")


def bills(works: Works, options: argparse.Namespace) -> int:
    asked = contract.LIST_BILLS.load_request(_said(options, "provider", "limit"))
    with works.begin() as work:
        found = contract.LIST_BILLS.dump_reply(list_bills(work, asked))
    _show(options, found, BILL, found["bills"])
    return DONE


def differences(works: Works, options: argparse.Namespace) -> int:
    """Ends with 1 if there are any."""
    asked = contract.LIST_DIFFERENCES.load_request(_said(options, "provider", "state", "what", "day", "limit"))
    with works.begin() as work:
        found = contract.LIST_DIFFERENCES.dump_reply(list_differences(work, asked))
    _show(options, found, DIFFERENCE, found["differences"])
    return FOUND if found["differences"] else DONE


def explain(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        asked = {"difference_id": options.difference_id, "reason": options.because}
        closed = contract.EXPLAIN_DIFFERENCE.dump_reply(explain_difference(work, asked))
    _show(options, closed, DIFFERENCE, [closed])
    return DONE


def set_terms(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        said = {name: getattr(options, name) for name in ("provider", *TERMS)}
        row = set_bill_terms(work, {**said, "reason": options.because})
    if options.json:
        say_json(row)
    else:
        print(brief(row))
    return DONE


def _said(options: argparse.Namespace, *names: str) -> dict[str, Any]:
    return {name: getattr(options, name) for name in names if getattr(options, name) is not None}


def _show(options: argparse.Namespace, whole: dict[str, Any], names: tuple[str, ...], rows: list[Any]) -> None:
    if options.json:
        say_json(whole)
    elif rows:
        print(
            "\n".join(
                table([names, *[tuple("" if row[name] is None else str(row[name]) for name in names) for row in rows]])
            )
        )
    else:
        print("none")


def _takes_provider(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--provider", choices=contract.PROVIDERS, help="all of them, if not said")
    parser.add_argument("--limit", type=int, metavar="N")


def _takes_differences(parser: argparse.ArgumentParser) -> None:
    _takes_provider(parser)
    parser.add_argument("--state", choices=contract.DIFFERENCE_STATES, default="open", help="open, if not said")
    parser.add_argument("--what", choices=contract.DIFFERENCES)
    parser.add_argument("--day", metavar="DAY", help="of the bill, 2026-12-01")


def _takes_difference(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("difference_id", metavar="DIFFERENCE_ID")
    _takes_reason(parser)


def _takes_terms(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("provider", choices=contract.PROVIDERS)
    for name in TERMS:
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help="as before, if not said")
    _takes_reason(parser)


def _takes_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


BILL_VERBS = [
    Verb("payments bills", "providers' daily bills, the latest days first", bills, _takes_provider),
    Verb("payments differences", "of bills and books; ends with 1 if there are any", differences, _takes_differences),
    Verb("payments explain", "close a difference with its explanation", explain, _takes_difference),
    Verb("payments set-terms", "when bills are asked for, and what difference is none", set_terms, _takes_terms),
]
