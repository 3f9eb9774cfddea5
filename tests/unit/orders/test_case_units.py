"""Pieces of orders: shares that sum to what was paid, whichever pieces go back in whatever order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.aftersale.case import CASE, SETTLED
from services.orders.domain.aftersale.replacement import replacement_of
from services.orders.domain.aftersale.units import all_units, by_line, elements_of, units_asked, worth
from services.orders.domain.placing import frozen_lines

COLUMNS = ("points", "coins", "cash_fen")


@st.composite
def sold_lines(draw):
    """Lines as they are stored of any quote."""
    made = [
        {
            **dict.fromkeys(("sku_id", "goods_id", "merchant_id", "price_id", "name_zh", "name_en"), f"x{place}"),
            "kind": "physical",
            "parts": [{"element_id": f"elm{place % 2}", "delivery": "parcel", "quantity": draw(st.integers(1, 3))}],
            "quantity": draw(st.integers(1, 7)),
            **{column: draw(st.integers(0, 10_000)) for column in COLUMNS},
        }
        for place in range(draw(st.integers(1, 4)))
    ]
    return frozen_lines({"lines": made, **{column: sum(line[column] for line in made) for column in COLUMNS}})


@given(sold_lines(), st.randoms())
def test_pieces_in_any_groups_sum_to_the_order(lines, random):
    units = all_units(lines)
    random.shuffle(units)
    cut = random.randint(0, len(units))
    parts = [worth(units[:cut]), worth(units[cut:])]
    whole = {"points": "points", "coins": "coins", "cash": "cash_fen"}
    for kind, column in whole.items():
        assert sum(part[kind] for part in parts) == sum(line[column] for line in lines)
        assert all(part[kind] >= 0 for part in parts)


@given(sold_lines())
def test_pieces_are_found_by_their_numbers_and_named_by_them(lines):
    units = all_units(lines)
    assert units_asked(lines, by_line(reversed(units))) == units


@given(sold_lines(), st.integers(0, 9), st.integers(0, 9))
def test_pieces_that_there_are_not_are_refused(lines, line_no, unit_no):
    known = any(line["line_no"] == line_no and 1 <= unit_no <= line["quantity"] for line in lines)
    asked = [{"line_no": line_no, "units": [unit_no]}]
    if known:
        assert [unit.place for unit in units_asked(lines, asked)] == [(line_no, unit_no)]
        asked = asked * 2
    with pytest.raises(Refused, match=contract.CASE_UNITS_WRONG):
        units_asked(lines, asked)


@given(sold_lines())
def test_elements_of_all_pieces_are_the_elements_of_the_lines(lines):
    wanted = sum(line["quantity"] * line["parts"][0]["quantity"] for line in lines)
    assert sum(element["quantity"] for element in elements_of(lines, all_units(lines))) == wanted


@given(sold_lines(), st.randoms())
def test_a_replacement_is_the_same_pieces_for_nothing(lines, random):
    units = random.sample(all_units(lines), random.randint(1, len(all_units(lines))))
    order = {
        "member_id": "m",
        "channel": "web",
        "language": "zh",
        "delivery_address": {"name": "n"},
        "pick_up_at": None,
    }
    draft = replacement_of("cas_1", order, lines, units)
    assert sum(line["quantity"] for line in draft.lines) == len(units)
    assert draft.tenders == [] and draft.order_id == replacement_of("cas_1", order, lines, units).order_id
    assert all(line[f"unit_{column}"] == [0] * line["quantity"] for line in draft.lines for column in COLUMNS)


def test_the_words_of_the_contract_are_those_of_the_table():
    assert set(CASE.states) == set(contract.CASE_STATUSES)
    assert set(SETTLED) < set(CASE.states)


def test_money_goes_back_by_one_way_only():
    into = {(state, event) for state, row in CASE.table.items() for event, to in row.items() if to == "closed"}
    by_itself = {("refunding", "settle"), ("replacing", "replace"), ("disputed", "uphold")}
    assert into == by_itself | {("cancelling", "cancelled")}  # the money goes back with the order
