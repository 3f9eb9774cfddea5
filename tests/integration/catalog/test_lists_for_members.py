"""Pages of goods as members see them: in the zones that are open to them, at the prices that they are offered."""

from datetime import UTC, datetime, timedelta

import pytest

from services.catalog import contract
from services.catalog.usecases.list_goods import list_goods
from services.catalog.usecases.set_bulk_offer import set_bulk_offer
from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import bring_in, goods, price, seen, sku

engine = database_of("catalog", each="function")
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
COMPANY = {"member_segments": ["companies"]}


@pytest.fixture
def works(engine):
    return works_on(engine, clock=FixedClock(NOON))


def on_sale(works, name, *prices):
    one = goods(name_en=name, skus=[sku(prices=list(prices) or [price(1000)])])
    bring_in(works, one)
    works.clock.advance(minutes=1)
    return one


def in_bulk(works, one, **changes):
    wish = {"request_id": new_id("req"), "sku_id": one["skus"][0]["sku_id"], "reason": "companies", **changes}
    numbers = {"least": 50, "most": 500} if changes.get("is_offered", True) else {}
    works.run(set_bulk_offer, contract.SET_BULK_OFFER.load_request(wish | numbers))
    works.clock.advance(minutes=1)


def listed(works, **wishes):
    return contract.LIST_GOODS.dump_reply(works.run(list_goods, contract.LIST_GOODS.load_request(wishes)))


def zone(works, **who):
    return [card["name_en"] for card in listed(works, zone="bulk", **who)["goods"]]


def test_the_zone_shows_what_is_sold_in_bulk_to_who_asks(works):
    paper, cups = on_sale(works, "Paper"), on_sale(works, "Cups")
    on_sale(works, "Pen")
    assert zone(works) == []
    in_bulk(works, paper)
    in_bulk(works, cups, segment="companies")
    assert (zone(works), zone(works, **COMPANY)) == (["Paper"], ["Cups", "Paper"])
    assert zone(works, member_segments=["staff"]) == ["Paper"]
    assert len(listed(works)["goods"]) == 3


def test_it_follows_the_decision_that_counts_now(works):
    paper = on_sale(works, "Paper")
    in_bulk(works, paper, effective_from=(works.clock.now() + timedelta(days=1)).isoformat())
    in_bulk(works, paper, segment="companies")
    assert (zone(works), zone(works, **COMPANY)) == ([], ["Paper"])
    works.clock.advance(days=1)
    assert zone(works) == ["Paper"]
    in_bulk(works, paper, is_offered=False)
    assert (zone(works), zone(works, **COMPANY)) == ([], [])


def test_it_is_paged_and_narrowed_as_every_list_is(works):
    for name in ("Paper", "Cups", "Pens"):
        in_bulk(works, on_sale(works, name))
    on_sale(works, "Paper plane")
    first = listed(works, zone="bulk", limit=2)
    second = listed(works, zone="bulk", limit=2, cursor=first["next_cursor"])
    assert [card["name_en"] for page in (first, second) for card in page["goods"]] == ["Pens", "Cups", "Paper"]
    assert [card["name_en"] for card in listed(works, zone="bulk", words="paper")["goods"]] == ["Paper"]
    with pytest.raises(Refused, match=contract.CURSOR_INVALID):
        listed(works, limit=2, cursor=first["next_cursor"])


def from_points(works, **who):
    return {card["name_en"]: card["from_price"]["points"] for card in listed(works, **who)["goods"]}


def test_a_card_shows_the_least_price_that_who_asks_is_offered(works):
    way = new_id("prc")
    dear, gold = price(1000, 0, way), price(800, 0, way, least_tier="gold")
    paper = on_sale(works, "Paper", dear, gold, price(700, 0, way, segment="companies"))
    on_sale(works, "Pin", price(50, segment="staff"))
    assert from_points(works) == {"Paper": 1000, "Pin": 50}  # nobody but staff can buy it: what they pay is shown
    assert from_points(works, **COMPANY)["Paper"] == 700
    assert from_points(works, member_tier="red")["Paper"] == 800
    assert from_points(works, member_tier="red", **COMPANY)["Paper"] == 700
    assert seen(works, paper["goods_id"], **COMPANY)["from_price"]["points"] == 700


def test_members_sort_by_what_they_pay(works):
    way = new_id("prc")
    on_sale(works, "Paper", price(1000, 0, way), price(100, 0, way, segment="companies"))
    on_sale(works, "Pen", price(500))
    by_points = [[*from_points(works, sort="points_low", **who)] for who in ({}, COMPANY)]
    assert by_points == [["Pen", "Paper"], ["Paper", "Pen"]]
