"""What arrived, what is missing, and what a last receipt gives up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import CONSIGNMENT_LINES_WRONG, CONSIGNMENT_STATES, CONSIGNMENTS
from services.catalog.domain.consignments import MACHINES, Line, receive
from services.chassis.refusal import Refused

lines = st.lists(
    st.builds(
        lambda name, arrived, missing: Line(name, arrived + missing, arrived),
        st.sampled_from(["elm_a", "elm_b", "elm_c"]),
        st.integers(0, 5),
        st.integers(1, 5),
    ),
    min_size=1,
    unique_by=lambda line: line.element_id,
)
arrivals = st.lists(st.builds(Line, st.sampled_from(["elm_a", "elm_b", "elm_c"]), st.integers(1, 4)), max_size=4)


def test_every_kind_has_its_states_and_only_a_transfer_is_on_its_way():
    assert set(MACHINES) == set(CONSIGNMENTS)
    assert {kind for kind, machine in MACHINES.items() if "in_transit" in machine.states} == {"transfer"}
    assert {state for machine in MACHINES.values() for state in machine.states} == set(CONSIGNMENT_STATES)


@given(lines=lines, came=arrivals, is_last=st.booleans())
def test_units_arrive_are_lost_or_are_still_missing(lines, came, is_last):
    missing = {line.element_id: line.missing for line in lines}
    total = {one: sum(line.quantity for line in came if line.element_id == one) for one in {c.element_id for c in came}}
    if any(units > missing.get(one, 0) for one, units in total.items()):
        with pytest.raises(Refused) as refusal:
            receive(lines, came, is_last)
        assert refusal.value.code == CONSIGNMENT_LINES_WRONG
        return
    receipt = receive(lines, came, is_last)
    left = {one: missing[one] - receipt.arrived.get(one, 0) - receipt.lost.get(one, 0) for one in missing}
    assert dict(receipt.arrived) == total
    assert receipt.is_complete == (not any(left.values()))
    assert all(units > 0 for units in receipt.lost.values())
    assert is_last or receipt.lost == {}
    assert not is_last or not any(left.values())
