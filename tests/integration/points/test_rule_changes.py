"""A rule is changed by two persons: what one asked for is in force when another approved it, and not before."""

from datetime import date
from functools import partial

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED, Refused
from services.chassis.testkit import database_of, owner_of, race
from services.points import contract
from services.points.usecases.list_rule_changes import list_rule_changes
from tests.integration.points.denial import refused
from tests.integration.points.rule_story import (
    LATER,
    LIMITS,
    PTS_FOR_COINS,
    TODAY,
    TOMORROW,
    approve,
    ask_for,
    change,
    count,
    reject,
    said,
    seen,
    typed,
)  # fmt: skip
from tests.integration.points.story import NOON, Ledger
from tests.integration.points.test_commands import refusal_of
from tests.integration.points.test_races import codes

engine = database_of("points", each="function")


def test_what_is_asked_for_changes_nothing_until_somebody_else_approves(ledger: Ledger):
    change_id = ask_for(ledger, "gift_limit", largest="900")
    before = said(ledger, "gift_limit", TOMORROW)

    approve(ledger, change_id)

    assert (before, said(ledger, "gift_limit", TOMORROW)) == (LIMITS, LIMITS | {"largest": 900})
    shown = seen(ledger, change_id)
    replaced = shown.pop("replaces")
    assert (replaced["says"], replaced["actor"], replaced["change_id"]) == (typed(LIMITS), "migration", None)
    assert {name: shown[name] for name in contract.RuleChange().fields if name in shown} == {
        "change_id": change_id,
        "rule": "gift_limit",
        "says": typed(LIMITS | {"largest": 900}),
        "effective_from": TOMORROW.isoformat(),
        "reason": "a test",
        "state": "approved",
        "requested_by": "ops:wang",
        "requested_at": NOON,
        "decided_by": "ops:li",
        "decided_at": NOON,
        "decided_because": None,
    }


@pytest.mark.parametrize(
    ("asks", "approves"),
    [("ops:wang", "ops:wang"), ("staff:li.lei", "ops:li.lei"), ("ops:Li.Lei", "staff:li.lei")],
)
def test_nobody_approves_what_they_asked_for_whichever_the_door(ledger: Ledger, asks: str, approves: str):
    change_id = ask_for(ledger, "sign_up_bonus", by=asks, points="1000000")

    assert refusal_of(lambda: approve(ledger, change_id, by=approves)) == contract.RULE_CHANGE_OF_ONESELF
    assert said(ledger, "sign_up_bonus", TOMORROW) == {"points": 50}
    reject(ledger, change_id, by=approves)  # who asked may think better of it
    assert refusal_of(lambda: approve(ledger, change_id, by="ops:han")) == contract.RULE_CHANGE_DECIDED_BEFORE


def test_a_change_is_decided_on_once(ledger: Ledger):
    approved, rejected = (ask_for(ledger, "sign_up_bonus", points=points) for points in ("60", "70"))
    approve(ledger, approved)
    reject(ledger, rejected)

    for decide in (approve, reject):
        for change_id in (approved, rejected):
            assert refusal_of(partial(decide, ledger, change_id)) == contract.RULE_CHANGE_DECIDED_BEFORE
        assert refusal_of(partial(decide, ledger, new_id("chg"))) == contract.RULE_CHANGE_UNKNOWN
    assert said(ledger, "sign_up_bonus", TOMORROW) == {"points": 60}


def test_the_same_request_again_gets_the_same_answer(ledger: Ledger):
    first = ask_for(ledger, "sign_up_bonus", request_id="ask-1", points="60")
    assert ask_for(ledger, "sign_up_bonus", request_id="ask-1", points="60") == first
    assert refusal_of(lambda: ask_for(ledger, "sign_up_bonus", request_id="ask-1", points="61")) == KEY_REUSED

    answer = approve(ledger, first, request_id="approve-1")

    assert approve(ledger, first, request_id="approve-1") == answer
    assert (count(ledger, "rule_change"), count(ledger, "sign_up_bonus")) == (1, 2)


def test_what_fits_no_more_is_refused_and_stays_to_be_rejected(ledger: Ledger):
    """The agreements are asked again as of the approval."""
    there = ask_for(ledger, "exchange_rate", **PTS_FOR_COINS, give="50")
    change(ledger, "exchange_rate", from_unit="COIN", to_unit="PTS", open="true")

    with pytest.raises(Refused) as caught:
        approve(ledger, there)

    assert (caught.value.code, seen(ledger, there)["state"]) == (contract.RULE_CONTRADICTED, "requested")
    reject(ledger, there)
    assert said(ledger, "exchange_rate", TOMORROW, **PTS_FOR_COINS)["give"] == 100


def test_a_change_whose_day_has_gone_by_is_refused(ledger: Ledger):
    change_id = ask_for(ledger, "sign_up_bonus", TODAY, points="60")
    ledger.clock.advance(days=1)

    assert refusal_of(lambda: approve(ledger, change_id)) == contract.RULE_BACKDATED
    reject(ledger, change_id)


def test_what_nobody_saw_is_not_undone(ledger: Ledger):
    """The second would take the first one's limit back, which was not there when it was asked for."""
    first = ask_for(ledger, "gift_limit", largest="900")
    second = ask_for(ledger, "gift_limit", smallest="20")
    later = ask_for(ledger, "gift_limit", LATER, gifts_a_day="3")
    approve(ledger, first)

    for one in (second, later):
        assert refusal_of(partial(approve, ledger, one)) == contract.RULE_CHANGE_OVERTAKEN

    change(ledger, "gift_limit", smallest="20")
    assert said(ledger, "gift_limit", LATER) == LIMITS | {"largest": 900, "smallest": 20}


def test_the_later_one_first_leaves_the_earlier_one_as_it_was_asked_for(ledger: Ledger):
    earlier, later = (ask_for(ledger, "sign_up_bonus", day, points="60") for day in (TOMORROW, LATER))
    approve(ledger, later)

    assert approve(ledger, earlier)["until"] == LATER.isoformat()


def test_of_approvals_and_a_rejection_at_once_one_wins(ledger: Ledger):
    for points in range(60, 70):
        change_id = ask_for(ledger, "sign_up_bonus", points=str(points))
        before = count(ledger, "sign_up_bonus")

        results = race(
            *[partial(approve, ledger, change_id, by=f"ops:{n}") for n in range(3)], partial(reject, ledger, change_id)
        )

        assert codes(results) == ["", *[contract.RULE_CHANGE_DECIDED_BEFORE] * 3]
        approved = seen(ledger, change_id)["state"] == "approved"
        assert count(ledger, "sign_up_bonus") == before + approved


def test_of_rivals_approved_at_once_one_wins_and_is_what_was_asked_for(ledger: Ledger):
    for day in (date(2026, 12, n) for n in range(1, 6)):
        rivals = {
            name: ask_for(ledger, "gift_limit", day, **{name: str(99 + day.day)})
            for name in ("points_a_day", "gifts_a_day", "points_a_month")
        }
        before = said(ledger, "gift_limit", day)

        results = race(*[partial(approve, ledger, change_id) for change_id in rivals.values()])

        assert codes(results) == ["", *[contract.RULE_CHANGE_OVERTAKEN] * 2]
        (won,) = [name for name, change_id in rivals.items() if seen(ledger, change_id)["state"] == "approved"]
        assert said(ledger, "gift_limit", day) == before | {won: 99 + day.day}


def test_changes_are_listed_newest_first_by_state_and_page(ledger: Ledger):
    asked = [ask_for(ledger, "sign_up_bonus", points=str(points)) for points in range(60, 65)]
    reject(ledger, asked[2])

    def page(**request) -> tuple[list[str], int | None]:
        answer = ledger.ask(contract.LIST_RULE_CHANGES, list_rule_changes, request)
        return [one["change_id"] for one in answer["changes"]], answer["next_before"]

    first, more = page(state="requested", limit=2)
    second, _ = page(state="requested", limit=2, before=more)

    assert (first, second) == ([asked[4], asked[3]], [asked[1], asked[0]])
    assert page(state="rejected", limit=1)[0] == [asked[2]]


BONUS = "INSERT INTO sign_up_bonus (points, effective_from, actor, change_id) VALUES "


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("(9, '{day}', 'ops:li', NULL)", "needs a change that was approved"),
        ("(9, '{day}', 'migration', NULL)", "needs a change that was approved"),
        ("(60, '{day}', 'ops:li', '{asked}')", "not what was approved"),
        ("(60, '{day}', 'ops:li', '{rejected}')", "not what was approved"),
        ("(60, '{day}', 'ops:li', '{approved}')", "duplicate key"),
        ("(60, '{day}', 'ops:li', 'chg_none')", "foreign key"),
    ],
)
def test_the_service_cannot_write_a_rule_that_nobody_approved(ledger: Ledger, row: str, complaint: str):
    asked, rejected = (ask_for(ledger, "sign_up_bonus", points="60") for _ in range(2))
    reject(ledger, rejected)
    approved = change(ledger, "sign_up_bonus", points="60")["change_id"]
    statement = BONUS + row.format(day=TOMORROW, asked=asked, rejected=rejected, approved=approved)

    with pytest.raises(sa.exc.IntegrityError, match=complaint), ledger.engine.begin() as connection:
        connection.execute(sa.text(statement))


APPROVED = "UPDATE rule_change SET state = 'approved', decided_by = :by, decided_at = :now WHERE id = :id"
ROWS = {
    "other points": (BONUS + "(61, '2026-11-21', 'ops:li', :id)", "not what was approved"),
    "another day": (BONUS + "(60, '2026-11-22', 'ops:li', :id)", "not what was approved"),
    "another person": (BONUS + "(60, '2026-11-21', 'ops:han', :id)", "not what was approved"),
    "another rule": (
        "INSERT INTO ledger_setting (name, value, effective_from, actor, change_id)"
        " VALUES ('refund_grace_days', 60, '2026-11-21', 'ops:li', :id)", "not what was approved",
    ),
    "no row": ("SELECT CAST(:id AS text)", "was approved and has no row"),
}  # fmt: skip


@pytest.mark.parametrize("what", ROWS)
def test_the_database_compares_the_row_with_what_was_approved(ledger: Ledger, what: str):
    statement, complaint = ROWS[what]
    asked = {"id": ask_for(ledger, "sign_up_bonus", points="60")}

    with pytest.raises(sa.exc.IntegrityError, match=complaint), ledger.engine.begin() as connection:
        connection.execute(sa.text(APPROVED), asked | {"by": "ops:li", "now": NOON})
        connection.execute(sa.text(statement), asked)


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ("UPDATE rule_change SET state = 'approved', decided_by = requested_by, decided_at = requested_at"
         " WHERE state = 'requested'", "rule_change_four_eyes"),
        ("UPDATE rule_change SET state = 'approved', decided_by = 'staff:Wang', decided_at = requested_at"
         " WHERE state = 'requested'", "rule_change_four_eyes"),
        ("UPDATE rule_change SET state = 'approved', decided_by = 'ops:li', decided_at = '2026-12-01'"
         " WHERE state = 'requested'", "rule_change_to_come"),
        ("UPDATE rule_change SET says = '{\"points\": \"1000000\"}'", "append only"),
        ("UPDATE rule_change SET requested_by = 'ops:me'", "append only"),
        ("UPDATE rule_change SET decided_by = 'ops:me' WHERE state = 'approved'", "append only"),
        ("DELETE FROM rule_change", "append only"),
    ],
)  # fmt: skip
def test_not_even_the_owner_decides_alone_or_anew(ledger: Ledger, damage: str, complaint: str):
    change(ledger, "sign_up_bonus", points="60")
    ask_for(ledger, "sign_up_bonus", points="70")

    with pytest.raises(sa.exc.DBAPIError, match=complaint), owner_of(ledger.engine).begin() as connection:
        connection.execute(sa.text(damage))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE rule_change SET says = '{}'",
        "UPDATE rule_change SET requested_by = 'ops:me'",
        "DELETE FROM rule_change",
        "TRUNCATE rule_change",
        "ALTER TABLE sign_up_bonus DISABLE TRIGGER sign_up_bonus_approved",
    ],
)
def test_the_service_has_no_right_to_change_what_was_asked(ledger: Ledger, damage: str):
    refused(ledger.engine, damage)
