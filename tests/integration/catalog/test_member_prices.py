"""One way to pay may cost some members less; in coins too. History stays."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.catalog.contract import IMPORT_INCONSISTENT, PRICE_NOT_FOR_MEMBER
from services.chassis.clock import FixedClock
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import bring_in, broken_invariants, goods, offered, price, quoted, seen, shown, sku

engine = database_of("catalog")
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def works(engine):
    works = works_on(engine, clock=FixedClock(NOON))
    yield works
    assert broken_invariants(works) == []


def sold_for(works, *prices):
    """Goods with one SKU of these prices."""
    one = goods(skus=[sku(prices=list(prices))])
    bring_in(works, one)
    return one


def test_each_member_is_quoted_the_most_favourable_lawful_price_and_told_of_the_others(works):
    plain = price(1000)
    gold, student = {**plain, "points": 900, "least_tier": "gold"}, {**plain, "points": 850, "segment": "student"}
    [thing] = sold_for(works, plain, gold, student)["skus"]
    wish = (thing["sku_id"], 2, plain["price_id"])

    def line(**who):
        return quoted(works, wish, **who)["lines"][0]

    assert [line()["points"], line(tier="gold")["points"]] == [2000, 1800]
    student_line = line(tier="red", member_segments=["family", "student"])
    assert (student_line["unit_points"], student_line["points"]) == (850, 1700)
    assert student_line["list_price"] == shown(plain)
    assert student_line["choices"] == [offered(student)]
    assert student_line["other_prices"] == [{**offered(one), "why_not": "bettered"} for one in (gold, plain)]
    whys = [one["why_not"] for one in line()["other_prices"]]
    assert whys == ["not_in_segment", "tier_not_reached"]


def test_a_way_to_pay_for_some_alone_is_refused_to_others_and_shown_as_what_it_is(works):
    plain, noble = price(1000), price(10, least_tier="red")
    one = sold_for(works, plain, noble)
    [thing] = one["skus"]
    with pytest.raises(Refused) as refusal:
        quoted(works, (thing["sku_id"], 1, noble["price_id"]), tier="gold")
    assert (refusal.value.code, refusal.value.details) == (PRICE_NOT_FOR_MEMBER, {"sku_ids": [thing["sku_id"]]})
    assert quoted(works, (thing["sku_id"], 1, noble["price_id"]), tier="red")["lines"][0]["list_price"] is None
    [found] = seen(works, one["goods_id"])["skus"]
    assert (found["prices"], found["other_prices"]) == (
        [offered(plain)],
        [{**offered(noble), "why_not": "tier_not_reached"}],
    )
    assert seen(works, one["goods_id"], member_tier="red")["skus"][0]["prices"] == [offered(noble), offered(plain)]
    assert seen(works, one["goods_id"])["from_price"] == shown(plain)


def test_goods_that_nobody_of_the_public_can_pay_show_the_price_of_those_who_can(works):
    noble = price(10, segment="staff")
    one = sold_for(works, noble)
    assert seen(works, one["goods_id"])["from_price"] == shown(noble)
    assert seen(works, one["goods_id"])["skus"][0]["prices"] == []


def test_coins_are_a_way_to_pay(works):
    coins, mixed = price(0, 0, coins=299), price(900, 100, coins=3)
    [thing] = sold_for(works, coins, mixed)["skus"]
    quote = quoted(works, (thing["sku_id"], 2, coins["price_id"]), (thing["sku_id"], 1, mixed["price_id"]))
    assert (quote["points"], quote["cash_fen"], quote["coins"]) == (900, 100, 601)
    assert [line["unit_coins"] for line in quote["lines"]] == [299, 3]


def test_a_change_for_some_members_ends_their_term_alone(engine, works):
    plain = price(1000)
    gold = {**plain, "points": 900, "least_tier": "gold"}
    one = sold_for(works, plain, gold)
    works.clock.advance(days=1)
    bring_in(works, {**one, "skus": [{**one["skus"][0], "prices": [plain, {**gold, "points": 800}]}]})
    works.clock.advance(days=1)
    bring_in(works, {**one, "skus": [{**one["skus"][0], "prices": [plain]}]})
    with engine.connect() as connection:
        statement = sa.text(
            "SELECT points, effective_from, effective_until FROM price WHERE price_id = :p ORDER BY points DESC"
        )
        terms = [tuple(row) for row in connection.execute(statement, {"p": plain["price_id"]})]
    days = [NOON + timedelta(days=day) for day in range(3)]
    assert terms == [(1000, days[0], None), (900, days[0], days[1]), (800, days[1], days[2])]


def test_what_asks_some_for_more_than_everybody_is_refused(works):
    plain = price(1000)
    with pytest.raises(Refused) as refusal:
        sold_for(works, plain, {**plain, "points": 1, "cash_fen": 1, "least_tier": "gold"})
    assert (refusal.value.code, refusal.value.details) == (IMPORT_INCONSISTENT, {"price_ids": [plain["price_id"]]})
