"""Verbs on flash sales."""

import argparse

from services.catalog import contract
from services.catalog.operating.asking import ask, command, show, takes_reason
from services.catalog.usecases.decide_flash_sales import (
    cancel_flash_sale,
    change_flash_sale,
    get_flash_sale,
    list_flash_sales,
    open_flash_sale,
)
from services.chassis.data.work import Works
from services.chassis.operations import DONE, Verb
from services.chassis.showing import brief, say_json

PRICE = ("points", "cash_fen", "coins")
TERMS = (*PRICE, "sku_id", "starts_at", "ends_at", "quota", "per_member", "ticket_s")


def open_one(works: Works, options: argparse.Namespace) -> int:
    wish = {name: getattr(options, name) for name in TERMS}
    told = {**wish, "reason": options.because}
    return show(command(works, contract.OPEN_FLASH_SALE, open_flash_sale, told), options)


def change(works: Works, options: argparse.Namespace) -> int:
    told = {name: getattr(options, name) for name in ("sale_id", "ends_at", "quota")}
    told["reason"] = options.because
    return show(command(works, contract.CHANGE_FLASH_SALE, change_flash_sale, told), options)


def cancel(works: Works, options: argparse.Namespace) -> int:
    told = {"sale_id": options.sale_id, "reason": options.because}
    return show(command(works, contract.CANCEL_FLASH_SALE, cancel_flash_sale, told), options)


def list_all(works: Works, options: argparse.Namespace) -> int:
    asked = {"sku_id": options.sku_id, "limit": options.most}
    found = ask(works, contract.LIST_FLASH_SALES, list_flash_sales, asked)["sales"]
    if options.json:
        say_json(found)
        return DONE
    for sale in found:
        print(brief({name: value for name, value in sale.items() if name != "decisions"}))
    return DONE


def show_one(works: Works, options: argparse.Namespace) -> int:
    return show(ask(works, contract.GET_FLASH_SALE, get_flash_sale, {"sale_id": options.sale_id}), options)


def _takes_wish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sku_id", metavar="SKU")
    for unit in PRICE:
        parser.add_argument(f"--{unit.replace('_', '-')}", type=int, default=0, metavar="N", help="of a piece")
    parser.add_argument("--from", dest="starts_at", metavar="INSTANT", help="now, if not said")
    parser.add_argument("--per-member", type=int, default=1, metavar="N", help="pieces; 1, if not said")
    usual = contract.USUAL_TICKET_S
    parser.add_argument("--ticket-s", type=int, default=usual, metavar="S", help=f"time to order; {usual}, if not said")
    _takes_terms(parser, must=True)


def _takes_change(parser: argparse.ArgumentParser) -> None:
    _takes_sale(parser)
    _takes_terms(parser, must=False)


def _takes_terms(parser: argparse.ArgumentParser, must: bool) -> None:
    parser.add_argument("--until", dest="ends_at", required=must, metavar="INSTANT", help="2026-11-28T22:00:00+08:00")
    parser.add_argument("--quota", type=int, required=must, metavar="N", help="pieces, set aside from the stock")
    takes_reason(parser)


def _takes_cancellation(parser: argparse.ArgumentParser) -> None:
    _takes_sale(parser)
    takes_reason(parser)


def _takes_sale(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sale_id", metavar="SALE")


def _takes_page(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sku_id", nargs="?", metavar="SKU", help="all, if not said")
    parser.add_argument("--most", type=int, default=20, metavar="N", help="20, if not said")


FLASH_VERBS = [
    Verb("flash open", "sell pieces of a SKU for a short time, at a price of their own", open_one, _takes_wish),
    Verb("flash change", "another end or quota from now on; what is not said stays", change, _takes_change),
    Verb("flash cancel", "nothing more is sold; unused tickets are worth nothing", cancel, _takes_cancellation),
    Verb("flash list", "newest first", list_all, _takes_page),
    Verb("flash show", "what is left, in tickets and sold, and what was decided", show_one, _takes_sale),
]
