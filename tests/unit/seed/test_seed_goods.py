"""The demo's goods: valid, complete, stable, and drawn as safe pictures."""

from xml.dom.minidom import parseString

import pytest

from deploy.seed import pictures
from deploy.seed.catalog import import_requests
from services.catalog.contract import IMPORT_CATALOG, own_element
from services.catalog.domain.elements import check_elements, elements_brought
from services.catalog.domain.imports import check_import, parents

REQUESTS = import_requests()
GOODS = [goods for request in REQUESTS for goods in request["goods"]]
SKUS = [sku for goods in GOODS for sku in goods["skus"]]
ELEMENTS = [one for request in REQUESTS for one in elements_brought(IMPORT_CATALOG.load_request(request))]
PLAIN = {"slug": "x", "category": "food/tea", "least_tier": "gold"}
FEN_PER_COIN = 100
CATEGORIES = {category["path"] for request in REQUESTS for category in request["categories"]}


@pytest.mark.parametrize("request_", REQUESTS)
def test_every_request_is_valid_and_small_enough(request_):
    loaded = IMPORT_CATALOG.load_request(request_)
    check_import(loaded)
    check_elements(loaded)
    assert sum(element["stock"] for element in elements_brought(loaded) if element["delivery"] == "code") < 40_000


def test_some_goods_are_bundles_that_share_their_elements_with_others():
    composed = [sku["elements"] for sku in SKUS if "elements" in sku]
    bundles = [parts for parts in composed if len(parts) > 1]
    deliveries = {element["element_id"]: element["delivery"] for element in ELEMENTS}
    assert {frozenset(deliveries[part["element_id"]] for part in bundle) for bundle in bundles} == {
        frozenset({"parcel", "code"}),
        frozenset({"code"}),
    }
    singles = {own_element(sku["sku_id"]) for sku in SKUS if "elements" not in sku}
    assert all(singles & {part["element_id"] for part in bundle} for bundle in bundles)
    assert {element["form"] for element in ELEMENTS} == {"parcel", "code", "ticket", "coupon", "service", "provision"}
    used = {part["element_id"] for parts in composed for part in parts} | singles
    assert used == set(deliveries)


def test_there_are_many_goods_of_many_merchants():
    merchants = {merchant["merchant_id"] for request in REQUESTS for merchant in request["merchants"]}
    assert len({goods["goods_id"] for goods in GOODS}) == len(GOODS) >= 72
    assert merchants == {goods["merchant_id"] for goods in GOODS}
    assert len(merchants) >= 8


def test_every_leaf_category_has_goods_and_every_category_its_parent():
    leaves = CATEGORIES - parents(CATEGORIES)
    assert leaves == {goods["category"] for goods in GOODS}
    assert parents(CATEGORIES) <= CATEGORIES
    assert {"telecom", "entertainment", "digital", "home", "food", "books", "maternity", "outdoor"} < parents(
        CATEGORIES
    )
    assert {"tickets", "coupons", "services"} < parents(CATEGORIES)


def test_the_first_request_brings_what_the_others_name():
    assert (REQUESTS[0]["goods"], len(REQUESTS[0]["merchants"])) == ([], 12)
    assert all(not request["merchants"] and not request["categories"] for request in REQUESTS[1:])


def test_goods_can_be_paid_in_every_way_and_some_are_scarce_or_for_higher_tiers():
    ways = {paid_in(price) for sku in SKUS for price in sku["prices"]}
    assert ways == {("points",), ("cash_fen",), ("points", "cash_fen"), ("coins",), ("points", "coins")}
    assert {goods["least_tier"] for goods in GOODS} == {"registered", "blue", "gold", "red"}
    assert min(element["stock"] for element in ELEMENTS) == 3
    assert max(element["stock"] for element in ELEMENTS) >= 500
    assert {goods["kind"] for goods in GOODS} == {"virtual", "physical"}


def paid_in(price):
    return tuple(unit for unit in ("points", "cash_fen", "coins") if price.get(unit))


def test_something_is_sold_for_coins_alone_something_at_a_price_of_a_segment_and_something_at_one_of_a_tier():
    ways = [{paid_in(price) for price in sku["prices"]} for sku in SKUS]
    assert {("coins",)} in ways
    assert {price["segment"] for sku in SKUS for price in sku["prices"] if "segment" in price} == {"staff"}
    assert any(price.get("least_tier") == "gold" for sku in SKUS for price in sku["prices"])


def test_every_way_to_pay_for_a_sku_is_worth_about_the_same():
    """100 points are about 1 yuan, and so is a coin: one point, one fen."""
    for sku in SKUS:
        values = [price["points"] + price["cash_fen"] + FEN_PER_COIN * price.get("coins", 0) for price in sku["prices"]]
        assert max(values) <= min(values) * 1.2, sku


def test_what_a_piece_costs_elsewhere_is_what_anybody_pays_for_it_without_points():
    for sku in SKUS:
        own = [one for one in ELEMENTS if one["element_id"] == own_element(sku["sku_id"])]
        plain = [price for price in sku["prices"] if not price["points"] and "segment" not in price]
        paid = [price["cash_fen"] + FEN_PER_COIN * price.get("coins", 0) for price in plain]
        assert [one["market_value_fen"] for one in own] in ([], [min(paid, default=None)]), sku


def test_ids_are_the_same_every_time_and_no_id_appears_twice():
    again = import_requests()
    assert again == REQUESTS
    prices = [(one["price_id"], one.get("least_tier"), one.get("segment")) for sku in SKUS for one in sku["prices"]]
    for ids in ([sku["sku_id"] for sku in SKUS], prices):
        assert len(ids) == len(set(ids))


def test_a_request_id_changes_with_the_content(monkeypatch):
    monkeypatch.setitem(pictures.HUES, "food", 60)
    changed = [new["request_id"] for new, old in zip(import_requests(), REQUESTS, strict=True) if new != old]
    assert len(changed) == 1
    assert changed[0] not in {request["request_id"] for request in REQUESTS}


@pytest.mark.parametrize("goods", GOODS, ids=lambda goods: goods["name_en"])
def test_every_picture_is_a_small_well_formed_drawing_that_names_its_goods(goods):
    svg = goods["picture_svg"]
    document = parseString(svg)  # noqa: S318
    assert len(svg.encode()) < 6_000
    assert document.documentElement.tagName == "svg"
    titles = [node.firstChild.data for node in document.getElementsByTagName("title")]
    assert titles == [f"{goods['name_zh']} · {goods['name_en']}"]


def test_pictures_differ():
    assert len({goods["picture_svg"] for goods in GOODS}) == len(GOODS)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("彩铃", ["彩铃"]),
        ("星河 X1 液态硅胶手机壳 送钢化膜", ["星河 X1 液态硅胶手机壳", "送钢化膜"]),
        ("一二三四五六七八九十一二三", ["一二三四五六七八九十一", "二三"]),
        ("一二三四五六七八九十一二三四五六七八九十一二三四五", ["一二三四五六七八九十一", "二三四五六七八九十一…"]),
    ],
)
def test_names_are_wrapped_to_two_lines(name, lines):
    assert pictures.wrapped(name) == lines


def test_markup_in_a_name_stays_text():
    svg = pictures.draw({**PLAIN, "name_zh": "<茶> & 杯", "name_en": "Tea <script>"})
    assert parseString(svg).getElementsByTagName("script") == []  # noqa: S318
