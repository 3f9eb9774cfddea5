from itertools import product

import pytest

from services.chassis.transitions import IllegalTransition
from services.logistics.contract import STATUSES
from services.logistics.domain.scans import RANK
from services.logistics.domain.shipping_states import BEFORE_PICK_UP, SHIPMENT, TOLD_BY_CARRIERS


def test_the_table_speaks_the_contracts_vocabulary():
    assert set(SHIPMENT.states) == set(STATUSES)


@pytest.mark.parametrize(("before", "after"), product(RANK, RANK))
def test_what_a_carrier_tells_moves_a_parcel_up_in_rank_and_never_down(before, after):
    alternates = before != after and RANK[before] == RANK[after]
    assert SHIPMENT.allows(before, after) == (RANK[after] > RANK[before] or alternates)


@pytest.mark.parametrize("status", TOLD_BY_CARRIERS)
def test_a_dispatched_parcel_may_be_heard_of_anywhere(status):
    assert SHIPMENT.next("dispatched", status) == status


def test_only_what_is_not_picked_up_can_be_cancelled():
    assert SHIPMENT.sources("cancel") == ("pending", "dispatched")
    assert set(BEFORE_PICK_UP) == set(SHIPMENT.states) - set(TOLD_BY_CARRIERS)


@pytest.mark.parametrize("state", ["delivered", "cancelled"])
def test_the_ends_are_ends(state):
    assert SHIPMENT.is_end(state)


@pytest.mark.parametrize(("state", "event"), [("pending", "picked_up"), ("cancelled", "book"), ("dispatched", "book")])
def test_an_unknown_way_is_a_fault(state, event):
    with pytest.raises(IllegalTransition):
        SHIPMENT.next(state, event)
