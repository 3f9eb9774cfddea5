"""Prices for tiers and segments: the most favourable lawful one is offered, the others say why not."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import IMPORT_INCONSISTENT, TIERS
from services.catalog.domain.imports import check_prices
from services.catalog.domain.prices import Member, PriceTerm, offered_to
from services.chassis.bus.wire import encode
from services.chassis.refusal import Refused

SEGMENTS = ("student", "family")
terms = st.builds(
    PriceTerm,
    price_id=st.sampled_from(["way-1", "way-2"]),
    sku_id=st.just("sku"),
    points=st.integers(0, 3),
    cash_fen=st.integers(0, 3),
    coins=st.integers(0, 3),
    least_tier=st.sampled_from(TIERS),
    segment=st.sampled_from([None, *SEGMENTS]),
)
members = st.builds(Member, tier=st.sampled_from(TIERS), segments=st.frozensets(st.sampled_from(SEGMENTS)))


def is_lawful(term, member):
    return TIERS.index(term.least_tier) <= TIERS.index(member.tier) and term.segment in {None, *member.segments}


@given(member=members, told=st.lists(terms, unique_by=lambda term: term.key))
def test_of_each_way_the_most_favourable_lawful_price_is_offered(member, told):
    offered = offered_to(member, told)
    lawful = [term for term in told if is_lawful(term, member)]
    assert {term.price_id for term in offered.choices} == {term.price_id for term in lawful}
    for choice in offered.choices:
        assert choice.burden == min(term.burden for term in lawful if term.price_id == choice.price_id)
    assert [term.burden for term in offered.choices] == sorted(term.burden for term in offered.choices)


@given(member=members, told=st.lists(terms, unique_by=lambda term: term.key), dice=st.randoms())
def test_every_price_is_offered_or_says_why_not_in_whatever_order_they_come(member, told, dice):
    offered = offered_to(member, told)
    assert sorted([*offered.choices, *(term for term, _ in offered.others)], key=repr) == sorted(told, key=repr)
    for term, why_not in offered.others:
        assert (why_not == "bettered") == is_lawful(term, member)
        assert (why_not == "tier_not_reached") == (TIERS.index(term.least_tier) > TIERS.index(member.tier))
    assert offered_to(member, dice.sample(told, len(told))) == offered


def test_equal_prices_count_as_the_one_for_everybody():
    plain, gold = PriceTerm("way", "sku", 5, 0), PriceTerm("way", "sku", 5, 0, least_tier="gold")
    assert offered_to(Member("red"), [gold, plain]).choices == [plain]


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ([PriceTerm("p", "s", 5, 0), PriceTerm("p", "s", 4, 1, segment="student")], "more than the one for everybody"),
        ([PriceTerm("p", "s", 5, 0), PriceTerm("p", "s", 6, 0, least_tier="gold")], "more than the one for everybody"),
        ([PriceTerm("p", "s", 0, 0)], "must cost something"),
        ([PriceTerm("p", "s", 5, 0, least_tier="gold"), PriceTerm("p", "s", 4, 0, least_tier="gold")], "twice"),
        ([PriceTerm("p", "s", 5, 0), PriceTerm("p", "other", 4, 0, least_tier="gold")], "of one SKU"),
    ],
)
def test_prices_that_cannot_be_are_refused(told, complaint):
    with pytest.raises(Refused, match=complaint) as refusal:
        check_prices(told)
    assert refusal.value.code == IMPORT_INCONSISTENT


def test_a_way_to_pay_may_be_for_some_alone_and_in_coins_alone():
    check_prices([PriceTerm("p", "s", 5, 0, least_tier="red"), PriceTerm("c", "s", 0, 0, 3)])
    check_prices([PriceTerm("p", "s", 5, 2, 1), PriceTerm("p", "s", 5, 2, 0, segment="student")])


def test_what_is_wrong_with_prices_can_be_told_over_the_bus():
    with pytest.raises(Refused) as refused:
        check_prices([PriceTerm("p", "s", 5, 0, segment="student"), PriceTerm("p", "s", 6, 0, segment="student")])
    assert orjson.loads(encode(refused.value.details)) == {"price": [["p", "registered", "student"]]}
