"""The bulk zone: who buys in bulk, what a piece costs, and how many are sold at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import BULK_STEPS_WRONG, QUANTITY_TOO_LARGE
from services.catalog.domain.bulk import BulkOffer, BulkStep, check_steps
from services.catalog.domain.prices import Member, PriceTerm
from services.catalog.domain.quoting import Offer, quote
from services.chassis.refusal import Refused

PRICE = PriceTerm("prc", "sku", points=100, cash_fen=1000)
COMPANY, ANYBODY = Member("gold", frozenset({"companies"})), Member("gold")


def step(pieces, points, fen, price_id="prc"):
    return BulkStep(pieces, price_id, points, fen)


ZONE = BulkOffer(50, 500, "companies", (step(100, 90, 900), step(300, 80, 800)))


def offer(bulk=ZONE, sku_id="sku"):
    names = {"goods_id": "gds", "merchant_id": "mer", "kind": "physical", "name_zh": "纸", "name_en": "Paper"}
    gate = {"least_tier": "registered", "segment": None, "is_on_sale": True, "market_value_fen": None}
    return Offer(sku_id, **names, **gate, parts=[], prices=[PRICE], bulk=bulk)


def quoted(*pieces, member=COMPANY, bulk=ZONE):
    lines = [{"sku_id": "sku", "quantity": many, "price_id": "prc"} for many in pieces]
    return quote(lines, {"sku": offer(bulk)}, member)["lines"]


@pytest.mark.parametrize(
    ("pieces", "is_bulk", "points"),
    [(49, False, 100), (50, True, 100), (100, True, 90), (299, True, 90), (300, True, 80)],
)
def test_a_piece_costs_what_the_highest_step_says_that_is_reached(pieces, is_bulk, points):
    [line] = quoted(pieces)
    assert (line["bulk"], line["unit_points"], line["points"]) == (is_bulk, points, points * pieces)


def test_who_is_not_in_the_segment_buys_as_everybody_does():
    [line] = quoted(99, member=ANYBODY)
    assert (line["bulk"], line["unit_points"]) == (False, 100)


@pytest.mark.parametrize(
    ("pieces", "member", "bulk"),
    [((100,), ANYBODY, ZONE), ((100,), COMPANY, None), ((501,), COMPANY, ZONE), ((300, 300), COMPANY, ZONE)],
)
def test_so_many_pieces_are_not_sold(pieces, member, bulk):
    with pytest.raises(Refused) as refusal:
        quoted(*pieces, member=member, bulk=bulk)
    assert (refusal.value.code, refusal.value.details) == (QUANTITY_TOO_LARGE, {"sku_ids": ["sku"]})


def test_several_skus_come_to_a_thousand_pieces_at_most():
    lines = [{"sku_id": sku_id, "quantity": 400, "price_id": "prc"} for sku_id in ("a", "b", "c")]
    with pytest.raises(Refused) as refusal:
        quote(lines, {sku_id: offer(sku_id=sku_id) for sku_id in ("a", "b", "c")}, COMPANY)
    assert refusal.value.details == {"sku_ids": ["a", "b", "c"]}


def test_a_members_own_better_price_stays():
    assert ZONE.priced(PriceTerm("prc", "sku", points=10, cash_fen=100), 300).points == 10


@pytest.mark.parametrize(
    "steps",
    [
        [step(49, 1, 1)],
        [step(501, 1, 1)],
        [step(60, 0, 0)],
        [step(60, 5, 5), step(70, 4, 6)],
        [step(60, 5, 5), step(60, 5, 5)],
    ],
)
def test_steps_that_do_not_go_together_are_refused(steps):
    with pytest.raises(Refused) as refusal:
        check_steps(50, 500, steps)
    assert refusal.value.code == BULK_STEPS_WRONG


amounts = st.integers(0, 200)
all_steps = st.lists(st.builds(step, st.integers(50, 500), amounts, amounts, st.sampled_from(["prc", "other"])))


@given(all_steps, st.integers(2, 500), st.integers(2, 500))
def test_of_lawful_steps_more_pieces_never_cost_more_a_piece_nor_more_than_alone(steps, one, other):
    try:
        check_steps(50, 500, steps)
    except Refused:
        return
    zone, (few, many) = BulkOffer(50, 500, None, tuple(steps)), sorted((one, other))
    assert zone.priced(PRICE, many).burden <= zone.priced(PRICE, few).burden <= PRICE.burden
