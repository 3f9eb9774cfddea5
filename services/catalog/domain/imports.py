"""Whether the parts of an import fit each other, before anything is written."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.catalog.contract import IMPORT_INCONSISTENT
from services.catalog.domain.pictures import PictureUnsafe, check_picture
from services.catalog.domain.prices import PriceTerm, dearer_than_for_everybody
from services.chassis.refusal import Refused

_WORD = re.compile(r"[a-z0-9-]+")
_PATH = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*")


def inconsistent(why: str, **details: Any) -> Refused:
    return Refused(IMPORT_INCONSISTENT, why, **details)


def check_import(request: Mapping[str, Any]) -> None:
    """Refuses an import that contradicts itself; what it says of stored rows is checked against them later."""
    goods = request["goods"]
    skus = [sku for one in goods for sku in one["skus"]]
    refuse_repeated("merchant_id", request["merchants"])
    refuse_repeated("path", request["categories"])
    refuse_repeated("form", request.get("forms", []))
    refuse_repeated("goods_id", goods)
    refuse_repeated("sku_id", skus)
    check_prices(price_terms(goods))
    if bad := [one["form"] for one in request.get("forms", []) if not _WORD.fullmatch(one["form"])]:
        raise inconsistent("a form is a lower-case word", forms=bad)
    if bad := [c["path"] for c in request["categories"] if not _PATH.fullmatch(c["path"])]:
        raise inconsistent("a category path is lower-case words between slashes", paths=bad)
    for one in goods:
        _check_goods(one)


def price_terms(goods: Iterable[Mapping[str, Any]]) -> list[PriceTerm]:
    return [PriceTerm(sku_id=sku["sku_id"], **price) for one in goods for sku in one["skus"] for price in sku["prices"]]


def check_prices(terms: Sequence[PriceTerm]) -> None:
    refuse_repeated("price", [{"price": (term.price_id, *term.audience)} for term in terms])
    skus = {term.price_id: term.sku_id for term in terms}
    if shared := sorted({term.price_id for term in terms if skus[term.price_id] != term.sku_id}):
        raise inconsistent("a price is of one SKU", price_ids=shared)
    if free := [term.price_id for term in terms if not any(term.burden)]:
        raise inconsistent("a price must cost something", price_ids=free)
    if dearer := dearer_than_for_everybody(terms):
        raise inconsistent("a price for some members asks for more than the one for everybody", price_ids=dearer)


def parents(paths: Iterable[str]) -> set[str]:
    """``digital/phone`` -> ``digital``; roots have none."""
    return {path.rpartition("/")[0] for path in paths} - {""}


def _check_goods(goods: Mapping[str, Any]) -> None:
    begins, ends = goods["on_sale_from"], goods["on_sale_until"]
    if begins and ends and ends <= begins:
        raise inconsistent("the sale ends before it begins", goods_id=goods["goods_id"])
    if goods["kind"] == "physical" and any(sku["codes_valid_days"] for sku in goods["skus"]):
        raise inconsistent("physical goods have no codes", goods_id=goods["goods_id"])
    try:
        check_picture(goods["picture_svg"])
    except PictureUnsafe as problem:
        raise inconsistent(f"picture: {problem}", goods_id=goods["goods_id"]) from None


def refuse_repeated(field: str, rows: Iterable[Mapping[str, Any]], **details: Any) -> None:
    if twice := [value for value, count in Counter(row[field] for row in rows).items() if count > 1]:
        raise inconsistent(f"{field} appears twice", **{field: twice}, **details)
