"""Verbs on the bulk zone."""

import argparse

from services.catalog import contract
from services.catalog.operating.asking import ask, command, show, takes_reason
from services.catalog.usecases.set_bulk_offer import list_bulk_offers, set_bulk_offer
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json

STEP = ("from_pieces", "price_id", "points", "cash_fen", "coins")


def set_one(works: Works, options: argparse.Namespace) -> int:
    steps = [_step(typed) for typed in options.step]
    to_whom = {"segment": options.segment, "is_offered": not options.ended, "effective_from": options.starting}
    wish = {"sku_id": options.sku_id, "least": options.least, "most": options.most, "steps": steps, **to_whom}
    return show(command(works, contract.SET_BULK_OFFER, set_bulk_offer, wish | {"reason": options.because}), options)


def list_all(works: Works, options: argparse.Namespace) -> int:
    found = ask(works, contract.LIST_BULK_OFFERS, list_bulk_offers, {"sku_id": options.sku_id})["offers"]
    if options.json:
        say_json(found)
        return DONE
    for offer in found:
        print(brief({name: value for name, value in offer.items() if name != "steps"}))
        for step in offer["steps"]:
            print(f"  {brief(step)}")
    return DONE


def _step(typed: str) -> dict[str, object]:
    """What is wrong with it, the contract says."""
    told: dict[str, object] = dict(zip(STEP, typed.split(":"), strict=False))
    return told | {name: int(str(value)) for name, value in told.items() if name != "price_id" and str(value).isdigit()}


def _takes_offer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sku_id", metavar="SKU")
    parser.add_argument("--least", type=int, metavar="N", help="pieces an order, to be sold in bulk")
    parser.add_argument("--most", type=int, metavar="N", help="pieces an order; both are needed, unless it is --ended")
    parser.add_argument("--segment", metavar="LABEL", help="everybody, if not said")
    parser.add_argument(
        "--step", action="append", default=[], metavar="FROM:PRICE_ID:POINTS:FEN[:COINS]", help="what a piece costs"
    )
    parser.add_argument("--ended", action="store_true", help="it is not in the bulk zone any more")
    parser.add_argument("--from", dest="starting", metavar="INSTANT", help="now, if not said")
    takes_reason(parser)


def _takes_sku(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sku_id", nargs="?", metavar="SKU", help="all, if not said")


BULK_VERBS = [
    Verb("bulk set", "sell large numbers of a SKU, or end that", set_one, _takes_offer),
    Verb("bulk list", "all that was decided about the bulk zone", list_all, _takes_sku),
]
