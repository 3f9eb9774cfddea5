"""Listing, searching and quoting as shoppers do."""

from datetime import UTC, datetime

import pytest

from services.catalog import contract
from services.catalog.contract import CURSOR_INVALID, GOODS_NOT_ON_SALE, GOODS_UNKNOWN, TIER_TOO_LOW
from services.catalog.usecases.list_goods import list_goods
from services.chassis.clock import FixedClock
from services.chassis.ids import derived_id, new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import MERCHANT, bring_in, goods, price, quoted, seen, sku

engine = database_of("catalog")
OTHER_MERCHANT = {"merchant_id": derived_id("mer", "other"), "name_zh": "别家", "name_en": "Other"}
SHELF = [
    goods(name_zh="无线蓝牙耳机", name_en="Wireless headset", category="digital", skus=[sku(prices=[price(29_900)])]),
    goods(name_zh="手机耳机套装", name_en="Phone and headset set", skus=[sku(prices=[price(150_000), price(9, 1)])]),
    goods(name_zh="耳温计", name_en="Ear thermometer", description_zh="婴儿可用的机器", category="food"),
    goods(name_zh="5G 手机 iPhone 壳", name_en="100%_case", skus=[sku(prices=[price(0, 990)])]),
    goods(name_zh="龙井绿茶", name_en="Green tea", category="food", merchant_id=OTHER_MERCHANT["merchant_id"]),
]


@pytest.fixture(scope="module")
def works(engine):
    works = works_on(engine, clock=FixedClock(datetime(2027, 3, 1, tzinfo=UTC)))
    for one in SHELF:
        bring_in(works, one, merchants=[MERCHANT, OTHER_MERCHANT])
        works.clock.advance(minutes=1)
    return works


def listed(works, **wishes):
    return contract.LIST_GOODS.dump_reply(works.run(list_goods, contract.LIST_GOODS.load_request(wishes)))


def names(page):
    return [card["name_en"] for card in page["goods"]]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("耳机", ["Phone and headset set", "Wireless headset"]),
        ("蓝牙耳机", ["Wireless headset"]),
        ("手机", ["100%_case", "Phone and headset set"]),
        ("茶", ["Green tea"]),
        ("耳", ["Ear thermometer", "Phone and headset set", "Wireless headset"]),
        ("婴儿", ["Ear thermometer"]),
        ("牙机", []),
        ("headset", ["Phone and headset set", "Wireless headset"]),
        ("HEADSET 手机", ["Phone and headset set"]),
        ("手机耳机", ["Phone and headset set"]),
        ("5g", ["100%_case"]),
        ("ｉＰｈｏｎｅ", ["100%_case"]),
        ("phone", ["100%_case", "Phone and headset set"]),
        ("%", []),
        ("_", []),
        ("100%", ["100%_case"]),
        ("'; DROP TABLE goods", []),
    ],
)
def test_words_are_found_in_chinese_and_english(works, words, found):
    assert names(listed(works, words=words)) == found


def test_newest_come_first_unless_asked_otherwise(works):
    assert names(listed(works)) == [one["name_en"] for one in reversed(SHELF)]


def test_goods_are_sorted_by_points_and_what_only_cash_buys_comes_last(works):
    cheapest = names(listed(works, sort="points_low"))
    assert set(cheapest[:2]) == {"Ear thermometer", "Green tea"}
    assert cheapest[2:] == ["Wireless headset", "Phone and headset set", "100%_case"]
    dearest = names(listed(works, sort="points_high"))
    assert (dearest[:2], dearest[-1]) == (["Phone and headset set", "Wireless headset"], "100%_case")


def test_a_category_includes_what_lies_below_it(works):
    assert names(listed(works, category="digital")) == ["100%_case", "Phone and headset set", "Wireless headset"]
    assert names(listed(works, category="digital/phone")) == ["100%_case", "Phone and headset set"]
    assert names(listed(works, category="digi")) == []
    assert names(listed(works, category="%")) == []


def test_goods_of_one_merchant(works):
    assert names(listed(works, merchant_id=OTHER_MERCHANT["merchant_id"])) == ["Green tea"]


@pytest.mark.parametrize("sort", ["newest", "points_low", "points_high"])
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_follow_each_other_without_gap_or_repeat(works, sort, limit):
    found, cursor = [], None
    while True:
        page = listed(works, sort=sort, limit=limit, cursor=cursor)
        assert len(page["goods"]) <= limit
        found += names(page)
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == names(listed(works, sort=sort, limit=100))
    assert len(found) == 5


@pytest.mark.parametrize("cursor", ["x", "AAAA", "W10", "bnVsbA", "e30", "积分", "W251bGwsbnVsbCxudWxsXQ"])
def test_a_damaged_cursor_is_refused(works, cursor):
    with pytest.raises(Refused) as refusal:
        listed(works, cursor=cursor)
    assert refusal.value.code == CURSOR_INVALID


def test_a_cursor_of_another_list_is_refused(works):
    cursor = listed(works, limit=1)["next_cursor"]
    assert len(cursor) <= 200
    for other in ({"sort": "points_low"}, {"category": "food"}, {"words": "茶"}):
        with pytest.raises(Refused) as refusal:
            listed(works, cursor=cursor, **other)
        assert refusal.value.code == CURSOR_INVALID


def test_a_basket_is_quoted_as_it_is_shown(works):
    tea, phone = SHELF[4]["skus"][0], SHELF[1]["skus"][0]
    dear, cheap = phone["prices"]
    wishes = [(tea, 2, tea["prices"][0]), (phone, 1, dear), (phone, 3, cheap)]
    answer = quoted_lines(works, *wishes)
    assert [(line["quantity"], line["points"], line["cash_fen"]) for line in answer["lines"]] == [
        (2, 2_000, 0),
        (1, 150_000, 0),
        (3, 27, 3),
    ]
    assert (answer["points"], answer["cash_fen"]) == (152_027, 3)
    assert (answer["lines"][0]["name_zh"], answer["lines"][0]["goods_id"]) == ("龙井绿茶", SHELF[4]["goods_id"])


def test_what_cannot_be_bought_is_refused_by_name(works):
    later = goods(on_sale_from="2028-01-01T00:00:00Z")
    noble = goods(least_tier="gold")
    bring_in(works, later, noble)
    stranger = {"sku_id": new_id("sku"), "prices": [price()]}
    for thing, code in (
        (stranger, GOODS_UNKNOWN),
        (later["skus"][0], GOODS_NOT_ON_SALE),
        (noble["skus"][0], TIER_TOO_LOW),
    ):
        with pytest.raises(Refused) as refusal:
            quoted_lines(works, (thing, 1, thing["prices"][0]), tier="blue")
        assert (refusal.value.code, refusal.value.details) == (code, {"sku_ids": [thing["sku_id"]]})
    assert quoted_lines(works, (noble["skus"][0], 1, noble["skus"][0]["prices"][0]), tier="gold")["points"] == 1000
    assert later["goods_id"] not in [card["goods_id"] for card in listed(works, limit=100)["goods"]]


def test_unknown_goods_are_refused(works):
    with pytest.raises(Refused) as refusal:
        seen(works, new_id("gds"))
    assert refusal.value.code == GOODS_UNKNOWN


def quoted_lines(works, *wishes, tier="registered"):
    return quoted(works, *((s["sku_id"], q, p["price_id"]) for s, q, p in wishes), tier=tier)
