"""How much to order of what runs short."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import REPLENISHMENT_RULE_INVALID
from services.catalog.domain.replenishment import Position, Rule, units_to_order
from services.chassis.refusal import Refused

UNITS = st.integers(0, 10_000)


def rule(least=20, target=100, pack=1, **changes):
    return Rule("e", "p", changes.get("from_place"), least, target, pack, 24)


@st.composite
def rules(draw):
    target = draw(st.integers(1, 10_000))
    return rule(draw(st.integers(0, target)), target, draw(st.integers(1, 500)))


@st.composite
def positions(draw):
    on_hand = draw(UNITS)
    return Position(on_hand, draw(st.integers(0, on_hand)), draw(UNITS))


@given(rules(), positions())
def test_what_is_ordered_brings_the_level_to_the_target_by_the_fewest_packs_once(rule, position):
    units = units_to_order(rule, position)
    after = replace(position, coming=position.coming + units)
    assert units % rule.pack == 0
    assert (units > 0) == (position.available < rule.least)
    if units:
        assert rule.target <= after.available < rule.target + rule.pack
    assert units_to_order(rule, after) == 0


@given(rules(), positions(), st.integers(-100, 10_000))
def test_no_more_is_asked_of_a_place_than_it_has_to_spare(rule, position, at_source):
    units = units_to_order(rule, replace(position, at_source=at_source))
    assert units <= max(at_source, 0)
    assert units <= units_to_order(rule, position)
    assert units % rule.pack == 0


@given(rules(), positions())
def test_a_lifted_rule_orders_nothing(rule, position):
    assert units_to_order(replace(rule, target=None), position) == 0


@pytest.mark.parametrize("wrong", [rule(101, 100), rule(from_place="p")])
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(Refused) as refusal:
        wrong.check()
    assert refusal.value.code == REPLENISHMENT_RULE_INVALID
    rule(100, 100).check()
