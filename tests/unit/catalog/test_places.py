"""How far places are, and what an import of them may say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import PLACES_INCONSISTENT
from services.catalog.domain.places import Point, check_places, distance_km, middle
from services.chassis.refusal import Refused

BEIJING, SHANGHAI = Point(39_904_200, 116_407_400), Point(31_230_400, 121_473_700)
points = st.builds(Point, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000))


def test_beijing_is_1067_km_from_shanghai():
    assert distance_km(BEIJING, SHANGHAI) == distance_km(SHANGHAI, BEIJING) == 1067


def test_a_quarter_of_the_earth():
    assert distance_km(Point(0, 0), Point(90_000_000, 0)) == 10_008


def test_what_lies_on_both_sides_of_the_date_line_is_near():
    assert distance_km(Point(0, 179_500_000), Point(0, -179_500_000)) == 111


@given(one=points, other=points, third=points)
def test_a_distance(one, other, third):
    assert distance_km(one, one) == 0
    assert 0 <= distance_km(one, other) == distance_km(other, one) <= 20_016
    assert distance_km(one, other) <= distance_km(one, third) + distance_km(third, other) + 2


def test_the_middle_of_a_province():
    assert middle([]) is None
    assert middle([Point(0, 0), Point(2_000_000, 4_000_000)]) == Point(1_000_000, 2_000_000)


def place(**changes):
    return {"place_id": "whs_1", "kind": "hall", "latitude_e6": 1, "longitude_e6": 1, **changes}


@pytest.mark.parametrize(
    ("places", "kinds"),
    [
        ([place(), place()], {}),
        ([place(latitude_e6=None)], {}),
        ([place(longitude_e6=None)], {}),
        ([place()], {"whs_1": "warehouse"}),
    ],
)
def test_what_an_import_may_not_say(places, kinds):
    with pytest.raises(Refused) as refusal:
        check_places(places, kinds)
    assert (refusal.value.code, refusal.value.details) == (PLACES_INCONSISTENT, {"place_ids": ["whs_1"]})


def test_what_it_may_say():
    check_places([place(), place(place_id="whs_2", latitude_e6=None, longitude_e6=None)], {"whs_1": "hall"})
