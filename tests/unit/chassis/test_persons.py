"""A person has one name, whichever door they come through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.persons import is_same_person, person_of

doors = st.sampled_from(["ops", "staff", "job", ""])
names = st.from_regex(r"[a-z][a-z0-9_.-]{0,39}", fullmatch=True)


@given(doors, doors, names, names)
def test_doors_do_not_make_two_of_one_nor_one_of_two(door: str, other_door: str, name: str, other: str):
    assert is_same_person(f"{door}:{name}", f"{other_door}:{name.upper()}")
    assert is_same_person(f"{door}:{name}", f"{other_door}:{other}") is (name == other)


@pytest.mark.parametrize(("actor", "person"), [("ops:4711", "4711"), ("root", "root"), ("staff:a:b", "a:b")])
def test_what_stands_behind_the_first_colon_is_the_person(actor: str, person: str):
    assert person_of(actor) == person
