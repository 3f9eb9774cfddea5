"""Verbs on goods that are sold before they are there."""

import argparse

from services.catalog import contract
from services.catalog.operating.asking import ask, command, show, takes_reason
from services.catalog.usecases.decide_presales import cancel_presale, change_presale, list_presales, open_presale
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json


def open_one(works: Works, options: argparse.Namespace) -> int:
    wish = {"sku_id": options.sku_id, "begins_at": options.begins_at, "reason": options.because, **_terms(options)}
    return show(command(works, contract.OPEN_PRESALE, open_presale, wish), options)


def change(works: Works, options: argparse.Namespace) -> int:
    told = {"presale_id": options.presale_id, "reason": options.because, **_terms(options)}
    return show(command(works, contract.CHANGE_PRESALE, change_presale, told), options)


def cancel(works: Works, options: argparse.Namespace) -> int:
    told = {"presale_id": options.presale_id, "reason": options.because}
    return show(command(works, contract.CANCEL_PRESALE, cancel_presale, told), options)


def list_all(works: Works, options: argparse.Namespace) -> int:
    asked = {"sku_id": options.sku_id, "limit": options.most}
    found = ask(works, contract.LIST_PRESALES, list_presales, asked)["presales"]
    if options.json:
        say_json(found)
        return DONE
    for presale in found:
        print(brief({name: value for name, value in presale.items() if name != "decisions"}))
    return DONE


def _terms(options: argparse.Namespace) -> dict[str, object]:
    return {"ends_at": options.ends_at, "ships_from": options.ships_from, "quota": options.quota}


def _takes_wish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sku_id", metavar="SKU")
    parser.add_argument("--from", dest="begins_at", metavar="INSTANT", help="now, if not said")
    _takes_terms(parser, must=True)


def _takes_change(parser: argparse.ArgumentParser) -> None:
    _takes_presale(parser)
    _takes_terms(parser, must=False)


def _takes_terms(parser: argparse.ArgumentParser, must: bool) -> None:
    parser.add_argument("--until", dest="ends_at", required=must, metavar="INSTANT", help="2026-12-12T00:00:00+08:00")
    parser.add_argument("--ships-from", required=must, metavar="DAY", help="2026-12-20: nothing is sent before")
    parser.add_argument("--quota", type=int, required=must, metavar="N", help="pieces")
    takes_reason(parser)


def _takes_cancellation(parser: argparse.ArgumentParser) -> None:
    _takes_presale(parser)
    takes_reason(parser)


def _takes_presale(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("presale_id", metavar="PRESALE")


def _takes_page(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sku_id", nargs="?", metavar="SKU", help="all, if not said")
    parser.add_argument("--most", type=int, default=20, metavar="N", help="20, if not said")


PRESALE_VERBS = [
    Verb("presale open", "sell pieces of a SKU before they are there", open_one, _takes_wish),
    Verb("presale change", "other terms from now on; what is not said stays", change, _takes_change),
    Verb("presale cancel", "nothing comes: who waits is called off and refunded", cancel, _takes_cancellation),
    Verb("presale list", "newest first", list_all, _takes_page),
]
