"""Accounts open with enrolment, and follow the state of their member."""

from datetime import timedelta
from functools import partial

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, event_of, race
from services.members import contract as members
from services.points import contract
from services.points.usecases.follow_member_state import follow_member_state
from tests.integration.points.story import NOON, Ledger, card

engine = database_of("points")


def change(ledger: Ledger, member_id: str, state: str, sequence: int, after_s: int = 0) -> bool:
    data = {"member_id": member_id, "previous": "active", "state": state, "reason": "unpaid"}
    at = NOON + timedelta(seconds=after_s)
    event = event_of(members.STATE_CHANGED, member_id, data, sequence=sequence, occurred_at=at)
    return ledger.works.apply(event, follow_member_state)


def status_of(ledger: Ledger, member_id: str) -> str:
    return ledger.fetch("SELECT status FROM account WHERE owner = :id", id=member_id)[0][0]


def test_who_enrols_in_person_gets_the_bonus_and_who_is_imported_does_not(ledger: Ledger):
    herself, imported = new_id("mbr"), new_id("mbr")

    ledger.enrol(card(herself, channel="web"), card(imported, channel="import"))

    assert (ledger.available(herself), ledger.available(imported)) == (50, 0)
    event = emitted(ledger.engine, contract.POINTS_ACCRUED)[-1]["data"]
    assert event["source"] == "sign_up"
    assert event["postings"] == [{"member_id": herself, "points": 50, "available": 50, "expires_on": "2028-12-31"}]


def test_the_bonus_is_given_once_however_often_enrolment_is_told(ledger: Ledger):
    member_id = new_id("mbr")

    ledger.enrol(card(member_id, channel="web"), event_id="evt_same")
    assert ledger.enrol(card(member_id, channel="web"), event_id="evt_same") is False
    ledger.enrol(card(member_id, channel="web"), card(new_id("mbr")))

    assert ledger.available(member_id) == 50


def test_a_batch_of_five_hundred_opens_in_one_journal(ledger: Ledger):
    cards = [card(new_id("mbr"), channel="app", subscriber_no=f"S{n}") for n in range(500)]
    before = ledger.fetch("SELECT count(*) FROM journal")[0][0]

    ledger.enrol(*cards)

    ids = [one["member_id"] for one in cards]
    assert ledger.fetch("SELECT count(*), sum(posted) FROM account WHERE owner = ANY(:ids)", ids=ids) == [(500, 25_000)]
    assert ledger.fetch("SELECT count(*) FROM journal")[0][0] == before + 1
    assert len(emitted(ledger.engine, contract.POINTS_ACCRUED)[-1]["data"]["postings"]) == 500


def test_no_bonus_where_the_rule_says_none(ledger: Ledger):
    ledger.execute("INSERT INTO sign_up_bonus (points, effective_from, actor) VALUES (0, '2026-11-20', 'migration')")
    member_id = new_id("mbr")

    ledger.enrol(card(member_id, channel="web"))

    assert ledger.available(member_id) == 0
    ledger.execute("INSERT INTO sign_up_bonus (points, effective_from, actor) VALUES (50, '2026-11-20', 'migration')")


def test_a_subscriber_number_stays_with_its_first_owner(ledger: Ledger):
    first, second = new_id("mbr"), new_id("mbr")
    ledger.enrol(card(first, subscriber_no="13900000001"))

    ledger.enrol(card(second, subscriber_no="13900000001"))

    held_by = "SELECT member_id FROM holder WHERE subscriber_no = '13900000001'"
    assert ledger.fetch(held_by) == [(first,)]
    assert ledger.available(second) == 0  # the account is there all the same


@pytest.mark.parametrize("state", ["suspended", "pre_cancelled", "cancelled"])
def test_who_is_not_active_is_frozen_until_resumed(ledger: Ledger, state: str):
    member_id = ledger.member(10)

    change(ledger, member_id, state, 2)
    with pytest.raises(Refused, match=contract.ACCOUNT_FROZEN):
        ledger.hold(member_id, 5)
    change(ledger, member_id, "active", 3)

    assert ledger.hold(member_id, 5)["available"] == 5


def test_an_older_state_that_comes_late_is_ignored(ledger: Ledger):
    member_id = ledger.member()

    change(ledger, member_id, "active", 3, after_s=20)
    change(ledger, member_id, "suspended", 2, after_s=10)

    assert status_of(ledger, member_id) == "open"


def test_without_sequences_the_time_of_the_change_decides(ledger: Ledger):
    member_id = ledger.member()

    change(ledger, member_id, "suspended", 0, after_s=20)
    change(ledger, member_id, "active", 0, after_s=10)

    assert status_of(ledger, member_id) == "frozen"


def test_a_state_that_comes_before_the_enrolment_counts(ledger: Ledger):
    member_id = new_id("mbr")

    change(ledger, member_id, "suspended", 2)
    ledger.enrol(card(member_id, channel="web"))

    assert (status_of(ledger, member_id), ledger.available(member_id)) == ("frozen", 0)


def test_enrolment_and_suspension_at_the_same_moment_leave_the_account_frozen(ledger: Ledger):
    for _ in range(40):
        member_id = new_id("mbr")

        results = race(
            partial(ledger.enrol, card(member_id, channel="web")), partial(change, ledger, member_id, "suspended", 2)
        )

        assert results == [True, True]
        assert status_of(ledger, member_id) == "frozen"


def test_two_batches_with_the_same_members_open_each_account_once(ledger: Ledger):
    for _ in range(20):
        ids = [new_id("mbr") for _ in range(20)]
        cards = [card(one, channel="web") for one in ids]

        results = race(partial(ledger.enrol, *cards), partial(ledger.enrol, *reversed(cards)))

        assert results == [True, True]
        assert {ledger.available(one) for one in ids} == {50}
