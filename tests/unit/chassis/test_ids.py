"""Identifiers: fresh ones never repeat and sort by time, derived ones never differ."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.ids import derived_id, is_id, new_id

PARTS = st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x1f")), min_size=1, max_size=4)


def test_fresh_ids_are_unique_well_formed_and_in_the_order_of_their_making() -> None:
    ids = [new_id("ord") for _ in range(5_000)]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)
    assert all(re.fullmatch(r"ord_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}", made) for made in ids)


@given(PARTS)
def test_a_derived_id_is_an_id_and_always_the_same(parts: list[str]) -> None:
    assert derived_id("req", *parts) == derived_id("req", *parts)
    assert is_id(derived_id("req", *parts), "req")


@given(PARTS, PARTS)
def test_other_parts_make_another_id(one: list[str], other: list[str]) -> None:
    assert (derived_id("req", *one) == derived_id("req", *other)) == (one == other)


def test_where_parts_end_matters() -> None:
    assert derived_id("req", "ab", "c") != derived_id("req", "a", "bc")


def test_the_derivation_is_for_ever() -> None:
    assert derived_id("ord", "mbr_1", "k1") == "ord_e521f46e739e9c4e22204e7752fcac65"


HEX = "0192f0c1a2b37c4d8e5f60718293a4b5"


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        ("", "ord"),
        (f"ord_{HEX}\n", "ord"),
        (f"ord_{HEX.upper()}", "ord"),
        (f"ord_{HEX[:-1]}", "ord"),
        (f"ord_{HEX}0", "ord"),
        (f"ord{HEX}", "ord"),
        (f"mbr_{HEX}", "ord"),
        (f"ord_{HEX}", "or"),
        (f" ord_{HEX}", "ord"),
    ],
)
def test_what_is_no_id_of_the_prefix_is_known(value: str, prefix: str) -> None:
    assert not is_id(value, prefix)


def test_an_id_is_known() -> None:
    assert is_id(f"ord_{HEX}", "ord")
