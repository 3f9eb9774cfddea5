"""The past by two clocks, and the explanation of a line."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.points import contract
from services.points.usecases.get_explanation import get_explanation
from services.points.usecases.get_past_balance import get_past_balance
from services.points.usecases.list_statement import list_statement
from tests.integration.points.story import Ledger

engine = database_of("points")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def wire(instant: datetime | None) -> str | None:
    return instant and instant.isoformat()


def past(
    ledger: Ledger, member_id: str, happened_by: datetime | None = None, booked_by: datetime | None = None
) -> dict:
    request = {"member_id": member_id, "happened_by": wire(happened_by), "booked_by": wire(booked_by)}
    found = ledger.ask(contract.GET_PAST_BALANCE, get_past_balance, request)
    return contract.GET_PAST_BALANCE.reply().load(contract.GET_PAST_BALANCE.dump_reply(found))


def statement(ledger: Ledger, member_id: str, **clocks: datetime) -> list[tuple[int, int]]:
    request: dict[str, Any] = {name: wire(instant) for name, instant in clocks.items()}
    found = ledger.ask(contract.LIST_STATEMENT, list_statement, {"member_id": member_id, **request})
    return [(line["points"], line["balance"]) for line in found["lines"]]


def explain(ledger: Ledger, member_id: str, line_id: str) -> dict:
    found = ledger.ask(contract.GET_EXPLANATION, get_explanation, {"member_id": member_id, "line_id": line_id})
    return contract.GET_EXPLANATION.dump_reply(found)


def newest_line(ledger: Ledger, member_id: str) -> dict:
    request = {"member_id": member_id, "limit": 1}
    return ledger.ask(contract.LIST_STATEMENT, list_statement, request)["lines"][0]


def booked_now(ledger: Ledger) -> datetime:
    return ledger.fetch("SELECT clock_timestamp()")[0][0]


def test_a_balance_as_it_was_is_not_changed_by_what_came_later(ledger: Ledger):
    member_id, order_id = ledger.member(100), new_id("ord")
    before = booked_now(ledger)
    ledger.hold(member_id, 40, order_id)
    ledger.capture(order_id)
    after = booked_now(ledger)
    ledger.accrue(member_id, 7)

    assert past(ledger, member_id, booked_by=LONG_AGO)["posted"] == 0
    assert past(ledger, member_id, booked_by=before)["posted"] == 100
    assert past(ledger, member_id, booked_by=after)["posted"] == 60
    assert past(ledger, member_id)["posted"] == 67
    assert statement(ledger, member_id, booked_by=after) == [(-40, 60), (100, 100)]


def test_a_back_dated_booking_changes_what_had_happened_but_not_what_was_known(ledger: Ledger):
    member_id = ledger.member(100)
    noon, known = ledger.clock.now(), booked_now(ledger)

    ledger.clock.advance(days=-20)  # a correction of something that happened twenty days ago
    ledger.accrue(member_id, 11)
    ledger.clock.instant = noon

    then = noon - timedelta(days=10)
    assert past(ledger, member_id, happened_by=then)["posted"] == 11
    assert past(ledger, member_id, happened_by=then, booked_by=known)["posted"] == 0
    assert past(ledger, member_id, booked_by=known)["posted"] == 100
    assert statement(ledger, member_id, happened_by=then) == [(11, 11)]
    assert statement(ledger, member_id, booked_by=known) == [(100, 100)]


def test_points_whose_day_was_over_are_posted_but_not_unexpired(ledger: Ledger):
    ledger.policy("check_in", "fixed_months", 1)
    member_id = ledger.member(100)
    ledger.accrue(member_id, 30, source="check_in")  # until 31 December
    ledger.clock.advance(days=60)

    found = past(ledger, member_id)

    assert (found["posted"], found["unexpired"]) == (130, 100)
    assert found["expiring"] == [{"expires_on": "2028-12-31", "points": 100}]


@pytest.mark.parametrize("clock", ["happened_by", "booked_by"])
def test_an_instant_to_come_has_no_answer_yet(ledger: Ledger, clock: str):
    member_id = ledger.member(1)
    tomorrow = datetime.now(UTC) + timedelta(days=1)

    with pytest.raises(Refused, match=contract.INSTANT_TO_COME):
        past(ledger, member_id, **{clock: tomorrow})
    with pytest.raises(Refused, match=contract.INSTANT_TO_COME):
        statement(ledger, member_id, **{clock: tomorrow})


def test_who_has_no_account_has_no_past(ledger: Ledger):
    with pytest.raises(Refused, match=contract.ACCOUNT_UNKNOWN):
        past(ledger, new_id("mbr"))


def test_what_was_answered_for_an_instant_stays_true_while_others_book(ledger: Ledger):
    """The writer of a booking is waited for, so no booking can appear below an instant that was answered."""
    member_id = ledger.member(1)
    answers: list[tuple[datetime, int]] = []

    def ask() -> None:
        for _ in range(20):
            instant = booked_now(ledger)
            answers.append((instant, past(ledger, member_id, booked_by=instant)["posted"]))

    def book() -> None:
        for _ in range(20):
            ledger.accrue(member_id, 1)

    assert race(ask, book, book) == [None, None, None]
    assert [(instant, past(ledger, member_id, booked_by=instant)["posted"]) for instant, _ in answers] == answers


def test_a_redemption_is_explained_by_its_order_and_buckets(ledger: Ledger):
    ledger.policy("check_in", "fixed_months", 1)
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.accrue(member_id, 30, source="check_in")
    ledger.hold(member_id, 50, order_id)
    ledger.capture(order_id)

    found = explain(ledger, member_id, newest_line(ledger, member_id)["line_id"])

    assert (found["line"]["kind"], found["line"]["reference"], found["line"]["points"]) == ("redemption", order_id, -50)
    assert found["buckets"] == [
        {"pool": 0, "expires_on": "2026-12-31", "points": -30},
        {"pool": 0, "expires_on": "2028-12-31", "points": -20},
    ]
    assert (found["against"], found["charges"], found["undoes"], found["undone_by"]) == (["redeem:order"], [], None, [])


@pytest.mark.parametrize("line_id", ["0", "x", "9" * 30, "-1"])
def test_a_line_of_nobody_is_not_explained(ledger: Ledger, line_id: str):
    with pytest.raises(Refused, match=contract.LINE_UNKNOWN):
        explain(ledger, ledger.member(10), line_id)


def test_a_line_of_another_member_is_not_explained(ledger: Ledger):
    mine, yours = ledger.member(10), ledger.member(10)

    with pytest.raises(Refused, match=contract.LINE_UNKNOWN):
        explain(ledger, mine, newest_line(ledger, yours)["line_id"])
