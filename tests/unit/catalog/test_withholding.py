"""Which units of which places are free again when pieces of an order do not go out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.composition import WantedPart
from services.catalog.domain.parcels import Portion
from services.catalog.domain.withholding import PiecesNotThere, not_back, parts_withheld, taken_of, units_to_free

CUP = WantedPart(sku_id="set", element_id="cup", delivery="parcel", pieces=3, quantity=2)
TICKET = WantedPart(sku_id="set", element_id="ticket", delivery="code", pieces=3, quantity=1)
portions = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.integers(1, 9)), max_size=6)


def test_so_many_pieces_of_a_sku_are_all_its_elements_but_codes():
    parts = parts_withheld([CUP, TICKET], {"set": 2}, {})
    assert ([part.pieces for part in parts], units_to_free(parts)) == ([2, 2], {"cup": 4})


@pytest.mark.parametrize(("pieces", "before"), [({"set": 4}, {}), ({"set": 2}, {"set": 2}), ({"other": 1}, {})])
def test_more_than_the_order_has_left_is_not_there(pieces, before):
    with pytest.raises(PiecesNotThere):
        parts_withheld([CUP, TICKET], pieces, before)


@given(portions, st.data())
def test_exactly_what_is_wanted_comes_back_and_never_more_than_a_place_gave(drawn, data):
    held = [
        Portion(*one) for one in {(element, place): (element, place, many) for element, place, many in drawn}.values()
    ]
    of_element = {one: sum(each.quantity for each in held if each.element_id == one) for one in "ab"}
    wanted = {one: data.draw(st.integers(0, most)) for one, most in of_element.items()}
    taken = taken_of(held, wanted)
    assert {one: sum(each.quantity for each in taken if each.element_id == one) for one in "ab"} == wanted
    gone = {(each.element_id, each.place_id): each.quantity for each in taken}
    left = not_back(held, gone)
    assert sum(each.quantity for each in left) == sum(of_element.values()) - sum(wanted.values())
    with pytest.raises(PiecesNotThere):
        taken_of(left, {"a": of_element["a"] - wanted["a"] + 1})
