"""Verbs on refunds that no provider makes: what was paid at the door is paid out by finance."""

import argparse

from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json, table
from services.orders.usecases.pay_out import confirm_payout, list_payouts

MOST = 50


def show(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        found = list_payouts(work, options.most)
    if options.json:
        say_json(found)
    elif not found:
        print("nothing is to be paid out")
    else:
        rows = [(row["refund_id"], row["order_id"], row["amount_fen"], row["reason"]) for row in found]
        print("\n".join(table([("refund", "order", "fen", "reason"), *rows])))
    return DONE


def confirm(works: Works, options: argparse.Namespace) -> int:
    with works.begin() as work:
        refund = confirm_payout(work, options.refund_id, options.reference, options.because)
    answer = {name: getattr(refund, name) for name in ("refund_id", "order_id", "amount_fen", "status")}
    if options.json:
        say_json(answer)
    else:
        print(brief(answer))
    return DONE


def _takes_most(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--most", type=int, default=MOST, metavar="N", help=f"{MOST}, if not said")


def _takes_payout(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refund_id", metavar="REFUND_ID")
    parser.add_argument("--reference", required=True, metavar="NUMBER", help="of the transfer, at the bank")
    parser.add_argument("--because", required=True, metavar="REASON", help="kept for good")


PAYOUT_VERBS = [
    Verb("payout list", "refunds of cash that was paid at the door, which finance has to pay out", show, _takes_most),
    Verb("payout confirm", "a refund was paid out", confirm, _takes_payout),
]
