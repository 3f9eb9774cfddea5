"""What is sold before it is there: who may still buy, and which plans can be kept."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import (
    CODE,
    PARCEL,
    PRESALE_BACKDATED,
    PRESALE_NOT_CARRIED,
    PRESALE_NOT_OPEN,
    PRESALE_OVER,
    PRESALE_OVERLAPS,
    PRESALE_UNKNOWN,
    QUOTA_REACHED,
    QUOTA_TAKEN,
)
from services.catalog.domain.composition import Part
from services.catalog.domain.presales import (
    CANCELLED,
    OPEN,
    Presale,
    check_carried,
    check_left,
    check_not_over,
    check_open,
    check_plan,
    pieces_by_presale,
)
from services.chassis.refusal import Refused
from tests.support.refusals import refused

NOON = datetime(2026, 12, 1, 4, 0, tzinfo=UTC)
PHONES = Presale("psl_1", "sku_1", OPEN, NOON, NOON + timedelta(days=10), date(2026, 12, 20), 5)


@given(st.integers(1, 20), st.lists(st.tuples(st.integers(1, 6), st.booleans()), max_size=40))
def test_whoever_is_let_in_fits_into_the_quota_and_whoever_is_not_would_not(quota, buyers):
    presale = replace(PHONES, quota=quota)
    for pieces, gives_back in buyers:
        try:
            check_left({"psl_1": presale}, {"psl_1": pieces})
        except Refused as refusal:
            assert presale.taken + pieces > quota
            assert refusal.details["presales"][0]["left"] == quota - presale.taken
            continue
        presale = replace(presale, taken=presale.taken + (0 if gives_back else pieces))
        assert 0 <= presale.left <= quota


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(1, 9)), max_size=20))
def test_pieces_are_counted_by_pre_sale_and_sku(lines):
    told = [{"presale_id": presale, "sku_id": sku, "quantity": many} for presale, sku, many in lines]
    pieces = pieces_by_presale([*told, {"sku_id": "x", "quantity": 3}])
    assert sum(pieces.values()) == sum(many for *_, many in lines)
    assert list(pieces) == sorted({(presale, sku) for presale, sku, _ in lines})


@pytest.mark.parametrize("moment", [NOON - timedelta(seconds=1), NOON + timedelta(days=10)])
def test_before_and_after_its_window_nothing_is_sold(moment):
    refused(PRESALE_NOT_OPEN, check_open, {"psl_1": PHONES}, {("psl_1", "sku_1"): 1}, moment)


def test_what_is_cancelled_of_another_sku_or_unknown_is_not_sold():
    wanted = {("psl_1", "sku_1"): 1}
    check_open({"psl_1": PHONES}, wanted, NOON)
    refused(PRESALE_NOT_OPEN, check_open, {"psl_1": replace(PHONES, status=CANCELLED)}, wanted, NOON)
    refused(PRESALE_UNKNOWN, check_open, {"psl_1": replace(PHONES, sku_id="sku_2")}, wanted, NOON)
    refused(PRESALE_UNKNOWN, check_open, {}, wanted, NOON)


def test_a_refusal_names_every_pre_sale_that_has_too_little():
    tablets = replace(PHONES, presale_id="psl_2", sku_id="sku_2", taken=5)
    known = {"psl_1": replace(PHONES, taken=4), "psl_2": tablets}
    told = refused(QUOTA_REACHED, check_left, known, {"psl_1": 1, "psl_2": 2})
    assert told["presales"] == [{"presale_id": "psl_2", "sku_id": "sku_2", "wanted": 2, "left": 0}]


def test_plans_that_cannot_be_kept_are_refused():
    check_plan(PHONES, [], NOON)
    refused(PRESALE_BACKDATED, check_plan, replace(PHONES, ends_at=NOON), [], NOON)
    refused(PRESALE_BACKDATED, check_plan, replace(PHONES, ships_from=date(2026, 11, 30)), [], NOON)
    refused(QUOTA_TAKEN, check_plan, replace(PHONES, taken=6), [], NOON)
    refused(PRESALE_OVER, check_not_over, replace(PHONES, status=CANCELLED))


days = st.integers(0, 20).map(lambda day: NOON + timedelta(days=day))


@given(days, days, days, days, st.sampled_from([OPEN, CANCELLED]))
def test_two_pre_sales_of_a_sku_never_sell_at_once(begins, ends, other_begins, other_ends, status):
    one = replace(PHONES, begins_at=begins, ends_at=ends)
    other = replace(PHONES, presale_id="psl_2", begins_at=other_begins, ends_at=other_ends, status=status)
    both_sell = any(
        one.sells_at(NOON + timedelta(days=day)) and other.sells_at(NOON + timedelta(days=day)) for day in range(21)
    )
    if both_sell:
        refused(PRESALE_OVERLAPS, check_plan, replace(one, ships_from=date(2027, 12, 1)), [other], begins)


def test_only_what_is_carried_can_come_later():
    check_carried("sku_1", [Part("elm_1", PARCEL, 1)])
    refused(PRESALE_NOT_CARRIED, check_carried, "sku_1", [Part("elm_1", PARCEL, 1), Part("elm_2", CODE, 1)])
