import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import (
    GOODS_NOT_ON_SALE,
    GOODS_UNKNOWN,
    PRICE_NOT_FOR_MEMBER,
    PRICE_UNKNOWN,
    SEGMENT_NEEDED,
    TIER_TOO_LOW,
    TIERS,
)
from services.catalog.domain.composition import Part
from services.catalog.domain.prices import Member, PriceTerm
from services.catalog.domain.quoting import Offer, full_name, highest, quote
from services.chassis.refusal import Refused


def offer(**changes):
    plain = {
        "sku_id": "s", "goods_id": "g", "merchant_id": "m", "kind": "physical", "name_zh": "杯", "name_en": "cup",
        "least_tier": "registered", "segment": None, "is_on_sale": True, "market_value_fen": None,
        "parts": [Part("e", "parcel", 2, name_zh="壳", name_en="Case")], "prices": [PriceTerm("p", "s", 300, 50)],
    }  # fmt: skip
    return Offer(**{**plain, **changes})


def line(quantity=1, sku_id="s", price_id="p"):
    return {"sku_id": sku_id, "quantity": quantity, "price_id": price_id}


def refusal_of(lines, offers, tier="registered"):
    with pytest.raises(Refused) as refusal:
        quote(lines, offers, Member(tier))
    return refusal.value.code, refusal.value.details


@pytest.mark.parametrize("least", TIERS)
@pytest.mark.parametrize("member", TIERS)
def test_a_tier_admits_itself_and_those_above(least, member):
    assert Member(member).reaches(least) == (["registered", "blue", "gold", "red"].index(member) >= TIERS.index(least))


@given(
    quantities=st.lists(st.integers(1, 99), min_size=1, max_size=50),
    points=st.integers(0, 10**9),
    fen=st.integers(0, 10**9),
    coins=st.integers(0, 10**6),
)
def test_totals_are_the_sum_of_unit_price_times_quantity(quantities, points, fen, coins):
    offers = {"s": offer(prices=[PriceTerm("p", "s", points, fen, coins)])}
    quoted = quote([line(quantity) for quantity in quantities], offers, Member("red"))
    pieces = sum(quantities)
    totals = points * pieces, fen * pieces, coins * pieces
    assert (quoted["points"], quoted["cash_fen"], quoted["coins"]) == totals
    assert [one["quantity"] for one in quoted["lines"]] == quantities
    assert all(one["points"] == one["unit_points"] * one["quantity"] for one in quoted["lines"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"is_on_sale": False}, GOODS_NOT_ON_SALE),
        ({"segment": "student"}, SEGMENT_NEEDED),
        ({"least_tier": "blue"}, TIER_TOO_LOW),
        ({"prices": []}, PRICE_UNKNOWN),
        ({"prices": [PriceTerm("other", "s", 1, 0)]}, PRICE_UNKNOWN),
        ({"prices": [PriceTerm("p", "s", 1, 0, least_tier="blue")]}, PRICE_NOT_FOR_MEMBER),
        ({"prices": [PriceTerm("p", "s", 1, 0, segment="student")]}, PRICE_NOT_FOR_MEMBER),
    ],
)
def test_what_cannot_be_bought_now_is_refused(changes, code):
    assert refusal_of([line()], {"s": offer(**changes)}) == (code, {"sku_ids": ["s"]})


def test_a_line_says_what_a_piece_of_it_consists_of():
    [quoted] = quote([line(3)], {"s": offer()}, Member())["lines"]
    nobody = {"provisioner": None, "product": None}
    named = {"name_zh": "壳", "name_en": "Case", **nobody}
    assert quoted["parts"] == [{"element_id": "e", "delivery": "parcel", "quantity": 2, **named}]


@given(st.lists(st.sampled_from(TIERS), min_size=1))
def test_the_highest_tier_admits_to_all_of_them(tiers):
    assert all(Member(highest(tiers)).reaches(tier) for tier in tiers)
    assert highest(tiers) in tiers


def test_every_wrong_line_is_named_once():
    lines = [line(sku_id="x"), line(), line(sku_id="a"), line(sku_id="x")]
    assert refusal_of(lines, {"s": offer()}) == (GOODS_UNKNOWN, {"sku_ids": ["a", "x"]})


def test_goods_of_a_segment_are_for_who_is_in_it():
    offers = {"s": offer(segment="student")}
    assert quote([line()], offers, Member("registered", frozenset({"student", "family"})))["points"] == 300


def test_a_name_with_its_variant_stays_within_the_contract():
    assert full_name("杯", "") == "杯"
    assert full_name("杯", "大") == "杯 大"
    assert len(full_name("名" * 120, "款" * 80)) == 200
