"""The transition table of memberships, cell by cell."""

from itertools import product

import pytest

from services.chassis.transitions import IllegalTransition
from services.members import contract
from services.members.domain.member_states import MEMBER_STATES

ALLOWED = {
    ("active", "suspend"): "suspended",
    ("active", "pre_cancel"): "pre_cancelled",
    ("suspended", "resume"): "active",
    ("suspended", "pre_cancel"): "pre_cancelled",
    ("pre_cancelled", "resume"): "active",
    ("pre_cancelled", "cancel"): "cancelled",
}
CHANGES = ("suspend", "resume", "pre_cancel", "cancel")


@pytest.mark.parametrize(("state", "change"), list(product(contract.STATES, CHANGES)))
def test_every_change_in_every_state(state, change):
    if (state, change) in ALLOWED:
        assert MEMBER_STATES.next(state, change) == ALLOWED[state, change]
    else:
        with pytest.raises(IllegalTransition):
            MEMBER_STATES.next(state, change)


def test_the_table_knows_the_states_of_the_contract_and_cancelled_is_the_end():
    assert set(MEMBER_STATES.states) == set(contract.STATES)
    assert [state for state in contract.STATES if MEMBER_STATES.is_end(state)] == ["cancelled"]
