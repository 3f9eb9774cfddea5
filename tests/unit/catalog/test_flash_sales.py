"""Who may take a ticket of a flash sale, and what becomes of tickets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from services.catalog.contract import (
    FLASH_BACKDATED,
    FLASH_MEMBER_CAP,
    FLASH_NOT_OPEN,
    FLASH_OVERLAPS,
    FLASH_QUOTA_TAKEN,
    TICKET_EXPIRED,
    TICKET_STATES,
    TICKET_UNKNOWN,
    TICKET_USED,
)
from services.catalog.domain.flash_sales import (
    CANCELLED,
    TICKET,
    FlashSale,
    UnitsNotThere,
    all_of,
    check_plan,
    why_no_ticket,
    why_not_spent,
    without_owed,
)
from services.catalog.domain.parcels import Level, Portion
from services.chassis.refusal import Refused

NOON = datetime(2026, 11, 11, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SALE = FlashSale("fls_1", "sku_1", "prc_1", "open", 100, 0, 0, NOON, NOON + HOUR, 10, 4, 2, 300)
TICKET_OF_ANNA = {"member_id": "anna", "sku_id": "sku_1", "state": "live", "expires_at": NOON + HOUR}


def code_of(refusal):
    return refusal and refusal.code


@pytest.mark.parametrize(
    ("sale", "had", "now", "why_not"),
    [
        (SALE, 1, NOON, None),
        (SALE, 0, NOON - timedelta(seconds=1), FLASH_NOT_OPEN),
        (SALE, 0, NOON + HOUR, FLASH_NOT_OPEN),
        (replace(SALE, status=CANCELLED), 0, NOON, FLASH_NOT_OPEN),
        (SALE, 2, NOON, FLASH_MEMBER_CAP),
        (replace(SALE, units_left=0), 0, NOON, None),
        (replace(SALE, units_left=0), 2, NOON, FLASH_MEMBER_CAP),
    ],
)
def test_who_gets_a_ticket(sale, had, now, why_not):
    assert code_of(why_no_ticket(sale, had, now)) == why_not


@pytest.mark.parametrize(
    ("changes", "member_id", "sku_id", "now", "why_not"),
    [
        ({}, "anna", "sku_1", NOON, None),
        ({}, "bo", "sku_1", NOON, TICKET_UNKNOWN),
        ({}, "anna", "sku_2", NOON, TICKET_UNKNOWN),
        ({}, "anna", "sku_1", NOON + HOUR, TICKET_EXPIRED),
        ({"state": "expired"}, "anna", "sku_1", NOON, TICKET_EXPIRED),
        ({"state": "spent"}, "anna", "sku_1", NOON, TICKET_USED),
        ({"state": "returned"}, "anna", "sku_1", NOON, TICKET_USED),
    ],
)
def test_which_tickets_are_good(changes, member_id, sku_id, now, why_not):
    assert code_of(why_not_spent({**TICKET_OF_ANNA, **changes}, member_id, sku_id, now)) == why_not


def test_a_ticket_that_there_is_not_is_not_good():
    assert code_of(why_not_spent(None, "anna", "sku_1", NOON)) == TICKET_UNKNOWN


def test_the_states_of_tickets_are_those_of_the_contract():
    assert set(TICKET.states) == set(TICKET_STATES)


@pytest.mark.parametrize(
    ("planned", "others", "why_not"),
    [
        (replace(SALE, ends_at=NOON - HOUR), [], FLASH_BACKDATED),
        (SALE.with_quota(5), [], FLASH_QUOTA_TAKEN),
        (SALE, [replace(SALE, sale_id="fls_2", starts_at=NOON + HOUR / 2, ends_at=NOON + 2 * HOUR)], FLASH_OVERLAPS),
    ],
)
def test_plans_that_cannot_be_kept(planned, others, why_not):
    with pytest.raises(Refused) as caught:
        check_plan(planned, others, NOON)
    assert caught.value.code == why_not


def test_what_is_taken_stays_taken_when_the_quota_changes():
    check_plan(SALE.with_quota(6), [SALE, replace(SALE, sale_id="fls_2", starts_at=NOON + HOUR)], NOON)
    assert (SALE.with_quota(6).units_left, SALE.with_quota(20).units_left) == (0, 14)


def test_what_is_owed_to_others_does_not_reach_what_was_let_go():
    levels = [Level("elm_1", "north", 2, 5), Level("elm_1", "south", 1, 5), Level("elm_2", "north", 4, 1)]
    assert [level.owed for level in without_owed(levels, {"elm_1": 1})] == [2, 2, 1]


def test_units_are_taken_from_the_places_that_are_listed_first():
    kept = [Portion("elm_1", "north", 2), Portion("elm_1", "south", 3), Portion("elm_2", "north", 1)]
    assert all_of(kept, {"elm_1": 3}) == [Portion("elm_1", "north", 2), Portion("elm_1", "south", 1)]
    with pytest.raises(UnitsNotThere):
        all_of(kept, {"elm_1": 6})
