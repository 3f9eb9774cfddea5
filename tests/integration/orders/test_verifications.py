"""What counters tell of an order's codes: used, and, by mistake, not used after all; in any order, twice."""

import itertools
from datetime import timedelta

import pytest

from services.catalog import contract as catalog
from services.chassis.ids import new_id
from services.chassis.testkit import database_of
from services.orders.usecases.look_up_orders import get_order
from services.orders.usecases.record_verification import CodeNotKnownYet
from tests.integration.orders.goods import TOP_UP
from tests.integration.orders.kit import NOON, Shop

engine = database_of("orders")
CODE = "K7QM-3XHT-9WPA-22VE"


@pytest.fixture
def shop(engine):
    shop = Shop(engine)
    yield shop
    assert shop.broken_invariants() == []


def issued(shop):
    order = shop.place((TOP_UP, 1))
    shop.hear(catalog.CODES_ISSUED, order, codes=[{"sku_id": TOP_UP, "code": CODE, "valid_until": None}])
    return order


def told(shop, order, event, version):
    names = {"name_zh": "票", "name_en": "Ticket", "merchant_zh": "影城", "merchant_en": "Cinema"}
    ids = {"sku_id": TOP_UP, "element_id": new_id("elm"), "merchant_id": new_id("mer"), "key_id": new_id("stk")}
    done_at = NOON + timedelta(minutes=version)
    return shop.hear(event, order, **names, **ids, code=CODE, version=version, done_at=done_at)


def verified_at(shop, order):
    [code] = shop.works.run(get_order, shop.of(order))["codes"]
    return code["verified_at"]


DEEDS = [(catalog.CODE_VERIFIED, 1), (catalog.CODE_UNVERIFIED, 2), (catalog.CODE_VERIFIED, 3)]


@pytest.mark.parametrize("deeds", itertools.permutations(DEEDS))
def test_the_latest_deed_counts_whichever_is_heard_of_last(shop, deeds):
    order = issued(shop)
    for event, version in deeds:
        told(shop, order, event, version)
    assert verified_at(shop, order) == NOON + timedelta(minutes=3)
    facts = [what for what in shop.facts_of(order) if what.startswith("code.")]
    assert sorted(facts) == ["code.unverified", "code.verified", "code.verified"]


def test_a_code_that_is_good_again_is_shown_as_not_used(shop):
    order = issued(shop)
    for event, version in DEEDS[:2]:
        told(shop, order, event, version)
    assert verified_at(shop, order) is None


def test_a_use_that_is_heard_of_before_the_issue_comes_again(shop):
    order = shop.place((TOP_UP, 1))
    with pytest.raises(CodeNotKnownYet):
        told(shop, order, *DEEDS[0])
    assert "code.verified" not in shop.facts_of(order)


def test_a_use_of_an_unknown_order_is_passed_over(shop):
    assert told(shop, {"order_id": new_id("ord")}, *DEEDS[0])
