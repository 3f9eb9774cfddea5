"""Points by hand: requested by one person, approved by another, all lines or none."""

import json
import time
from functools import partial

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.refusal import INVALID_REQUEST, KEY_REUSED, Refused
from services.chassis.testkit import database_of, emitted, owner_of, race
from services.points import contract
from services.points import ops as points_ops
from services.points.roles import ROLES
from services.points.usecases.list_adjustments import get_adjustment, list_adjustments
from tests.integration.points.at_the_command_line import is_at_the_command_line
from tests.integration.points.bill_files import ops
from tests.integration.points.story import NOON, Ledger, card
from tests.integration.points.test_commands import refusal_of
from tests.integration.points.test_races import codes

engine = database_of("points")
ENTRIES = """
    SELECT CASE account.kind WHEN 'system' THEN account.owner ELSE account.kind END, entry.amount,
           entry.expires_on::text
    FROM entry JOIN account ON account.id = entry.account_id WHERE journal_id = :id ORDER BY seq
"""


@pytest.fixture(autouse=True, scope="module")
def policies(engine):
    Ledger(engine).policy("check_in", "end_of_year", 0)


def found(ledger: Ledger, adjustment_id: str) -> dict:
    return ledger.ask(contract.GET_ADJUSTMENT, get_adjustment, {"adjustment_id": adjustment_id})


def test_nothing_moves_until_somebody_else_approves(ledger: Ledger):
    ann, bob = ledger.member(100), ledger.member(100)

    adjustment_id = ledger.request_adjustment((ann, 30), (bob, -40))
    before = (ledger.available(ann), ledger.available(bob))
    answer = ledger.approve_adjustment(adjustment_id)

    assert before == (100, 100)
    assert (ledger.available(ann), ledger.available(bob)) == (130, 60)
    assert {name: answer[name] for name in ("lines", "added", "taken", "repaid")} == {
        "lines": 2,
        "added": 30,
        "taken": 40,
        "repaid": 0,
    }
    assert ledger.fetch(ENTRIES, id=answer["journal_id"]) == [
        ("issue:adjustment", -30, None),
        ("issue:adjustment", 40, None),
        ("wallet", 30, "2028-12-31"),
        ("wallet", -40, "2028-12-31"),
    ]
    [journal] = ledger.fetch("SELECT kind, source, ref, actor FROM journal WHERE id = :id", id=answer["journal_id"])
    assert journal == ("adjustment", "adjustment", adjustment_id, "ops:li")


def test_what_is_taken_goes_earliest_expiring_first_and_nothing_is_earned(ledger: Ledger):
    member_id = ledger.member(100)
    ledger.accrue(member_id, 50, source="check_in")

    ledger.adjust((member_id, -70))
    ledger.adjust((member_id, 5))

    balance = ledger.balance(member_id)
    assert balance["expiring"] == [{"expires_on": "2028-12-31", "points": 85}]
    assert balance["earned_in_all"] == 150


def test_what_comes_repays_debts_first(ledger: Ledger):
    member_id = ledger.member(100)
    ledger.hold(member_id, 100)
    ledger.claw_back(member_id, 30)

    answer = ledger.adjust((member_id, 50))

    assert answer["repaid"] == 30
    assert (ledger.available(member_id), ledger.balance(member_id)["owed"]) == (20, 0)


def test_coins_are_adjusted_too_and_wallets_opened_where_there_are_none(ledger: Ledger):
    ann, bob = ledger.member(), ledger.member()
    ledger.accrue(ann, 10, unit="COIN")

    ledger.adjust((ann, -4), (bob, 6), unit="COIN")

    assert [ledger.balance(one, unit="COIN")["available"] for one in (ann, bob)] == [6, 6]


def test_frozen_accounts_are_adjusted_which_is_how_stolen_points_come_back(ledger: Ledger):
    thief, victim = ledger.member(100), ledger.member()
    ledger.freeze(thief)

    ledger.adjust((thief, -100), (victim, 100))

    assert (ledger.available(thief), ledger.available(victim)) == (0, 100)


def test_one_line_that_is_not_covered_refuses_the_whole_and_is_named(ledger: Ledger):
    ann, bob, cyd = ledger.member(10), ledger.member(100), ledger.member(50)
    ledger.hold(cyd, 45)
    adjustment_id = ledger.request_adjustment((ann, 30), (bob, -40), (cyd, -6))

    with pytest.raises(Refused) as refused:
        ledger.approve_adjustment(adjustment_id)

    assert (refused.value.code, refused.value.details) == (
        contract.ADJUSTMENT_UNCOVERED,
        {"uncovered": 1, "lines": [{"line": 3, "member_id": cyd, "points": -6, "available": 5}]},
    )
    assert [ledger.available(one) for one in (ann, bob, cyd)] == [10, 100, 5]
    assert found(ledger, adjustment_id)["state"] == "requested"
    ledger.accrue(cyd, 1)
    assert ledger.approve_adjustment(adjustment_id)["taken"] == 46


def test_lines_that_could_never_be_posted_are_refused_at_once(ledger: Ledger):
    ann, nobody = ledger.member(10), new_id("mbr")

    with pytest.raises(Refused) as refused:
        ledger.request_adjustment((ann, 5), (nobody, 5), (ann, 6), (ledger.member(), 0))

    assert (refused.value.code, refused.value.details) == (
        contract.ADJUSTMENT_LINES_WRONG,
        {
            "wrong": 3,
            "lines": [
                {"line": 2, "why": "account_unknown"},
                {"line": 3, "why": "twice"},
                {"line": 4, "why": "nothing"},
            ],
        },
    )
    assert refusal_of(ledger.request_adjustment) == INVALID_REQUEST
    assert refusal_of(lambda: ledger.request_adjustment(*[(ann, 1)] * 1001)) == INVALID_REQUEST


def test_nobody_approves_what_they_requested_but_may_withdraw_it(ledger: Ledger):
    member_id = ledger.member()
    adjustment_id = ledger.request_adjustment((member_id, 5), by="ops:wang")

    assert refusal_of(lambda: ledger.approve_adjustment(adjustment_id, by="ops:wang")) == contract.ADJUSTMENT_OF_ONESELF
    ledger.reject_adjustment(adjustment_id, by="ops:wang")
    assert refusal_of(lambda: ledger.approve_adjustment(adjustment_id)) == contract.ADJUSTMENT_DECIDED_BEFORE
    assert ledger.available(member_id) == 0


@pytest.mark.parametrize(
    ("asks", "approves"),
    [("staff:li.lei", "ops:li.lei"), ("ops:li.lei", "staff:li.lei"), ("ops:Li.Lei", "staff:li.lei")],
)
def test_one_person_at_two_doors_is_one_person(ledger: Ledger, asks: str, approves: str):
    member_id = ledger.member()
    adjustment_id = ledger.request_adjustment((member_id, 5), by=asks)

    assert refusal_of(lambda: ledger.approve_adjustment(adjustment_id, by=approves)) == contract.ADJUSTMENT_OF_ONESELF
    assert ledger.available(member_id) == 0
    assert ledger.approve_adjustment(adjustment_id, by="staff:han.mei")["added"] == 5


def test_the_journal_says_who_asked_who_approved_and_why(ledger: Ledger):
    adjustment_id = ledger.request_adjustment((ledger.member(), 5), by="staff:wang")
    answer = ledger.approve_adjustment(adjustment_id, by="ops:li")

    ((kept,),) = ledger.fetch("SELECT result FROM journal WHERE id = :id", id=answer["journal_id"])
    assert kept == answer
    assert (kept["requested_by"], kept["approved_by"], kept["reason"]) == ("staff:wang", "ops:li", "a network failure")


def test_an_adjustment_is_decided_on_once(ledger: Ledger):
    member_id = ledger.member()
    posted, rejected = (ledger.request_adjustment((member_id, 5)) for _ in range(2))
    ledger.approve_adjustment(posted)
    ledger.reject_adjustment(rejected)

    for decide in (ledger.approve_adjustment, ledger.reject_adjustment):
        for adjustment_id in (posted, rejected):
            assert refusal_of(lambda d=decide, i=adjustment_id: d(i)) == contract.ADJUSTMENT_DECIDED_BEFORE
        assert refusal_of(lambda d=decide: d(new_id("adj"))) == contract.ADJUSTMENT_UNKNOWN
    assert ledger.available(member_id) == 5


def test_the_same_request_again_gets_the_same_answer_and_another_content_is_refused(ledger: Ledger):
    member_id = ledger.member()
    first = ledger.request_adjustment((member_id, 5), request_id="adjust-1")

    assert ledger.request_adjustment((member_id, 5), request_id="adjust-1") == first
    assert refusal_of(lambda: ledger.request_adjustment((member_id, 6), request_id="adjust-1")) == KEY_REUSED
    answer = ledger.approve_adjustment(first, request_id="approve-1")
    assert ledger.approve_adjustment(first, request_id="approve-1") == answer
    other = ledger.request_adjustment((member_id, 5))
    assert refusal_of(lambda: ledger.approve_adjustment(other, request_id="approve-1")) == KEY_REUSED
    assert ledger.available(member_id) == 5


def test_members_hear_what_came_and_went(ledger: Ledger):
    ann, bob = ledger.member(100), ledger.member(100)

    answer = ledger.adjust((ann, 30), (bob, -40))

    event = emitted(ledger.engine, contract.POINTS_ADJUSTED)[-1]
    assert (event["subject"], event["sequence"]) == (answer["adjustment_id"], answer["journal_id"])
    assert event["data"] == {
        "adjustment_id": answer["adjustment_id"],
        "unit": "PTS",
        "postings": [
            {"member_id": ann, "points": 30, "available": 130},
            {"member_id": bob, "points": -40, "available": 60},
        ],
    }


def test_who_asked_who_decided_and_why_is_kept(ledger: Ledger):
    member_id = ledger.member()
    adjustment_id = ledger.request_adjustment((member_id, 5))
    ledger.reject_adjustment(adjustment_id)

    shown = found(ledger, adjustment_id)

    del shown["no"]
    assert shown == {
        "adjustment_id": adjustment_id,
        "unit": "PTS",
        "reason": "a network failure",
        "state": "rejected",
        "lines": 1,
        "added": 5,
        "taken": 0,
        "requested_by": "ops:wang",
        "requested_at": NOON,
        "decided_by": "ops:li",
        "decided_at": NOON,
        "decided_because": "not our fault",
        "journal_id": None,
        "all_lines": [{"line": 1, "member_id": member_id, "points": 5}],
    }


def test_they_are_listed_newest_first_by_state_and_page(ledger: Ledger):
    member_id = ledger.member()
    asked = [ledger.request_adjustment((member_id, 5)) for _ in range(5)]
    ledger.reject_adjustment(asked[2])

    def page(**request) -> tuple[list[str], int | None]:
        answer = ledger.ask(contract.LIST_ADJUSTMENTS, list_adjustments, request)
        return [one["adjustment_id"] for one in answer["adjustments"]], answer["next_before"]

    first, more = page(state="requested", limit=2)
    second, _ = page(state="requested", limit=2, before=more)

    assert (first, second) == ([asked[4], asked[3]], [asked[1], asked[0]])
    assert page(state="rejected", limit=1)[0] == [asked[2]]


def test_a_thousand_members_get_points_at_once_and_fast(ledger: Ledger):
    members = [new_id("mbr") for _ in range(1000)]
    for start in (0, 500):
        ledger.enrol(*[card(one) for one in members[start : start + 500]])
    adjustment_id = ledger.request_adjustment(*[(one, 10 + place % 7) for place, one in enumerate(members)])

    started = time.monotonic()
    answer = ledger.approve_adjustment(adjustment_id)
    took = time.monotonic() - started

    assert (answer["lines"], answer["added"]) == (1000, sum(10 + place % 7 for place in range(1000)))
    posted = ledger.fetch("SELECT sum(posted) FROM account WHERE owner = ANY(:ids)", ids=members)
    assert posted == [(answer["added"],)]
    assert took < 5  # the limit of its call is ten seconds


def test_approvals_and_rejections_at_once_have_one_winner(ledger: Ledger):
    for _ in range(10):
        member_id = ledger.member()
        adjustment_id = ledger.request_adjustment((member_id, 5))

        results = race(
            *[partial(ledger.approve_adjustment, adjustment_id, by=f"ops:{n}") for n in range(3)],
            partial(ledger.reject_adjustment, adjustment_id),
        )

        assert codes(results) == ["", *[contract.ADJUSTMENT_DECIDED_BEFORE] * 3]
        assert ledger.available(member_id) in (0, 5)


def test_adjustments_of_the_same_members_at_once_and_gifts_do_not_lock_each_other_out(ledger: Ledger):
    for _ in range(5):
        members = [ledger.member(1_000) for _ in range(6)]
        asked = [ledger.request_adjustment(*[(one, 10) for one in some]) for some in (members, members[::-1])]

        results = race(
            *[partial(ledger.approve_adjustment, one) for one in asked],
            *[partial(ledger.gift, members[n], members[n - 1], 50) for n in range(3)],
        )

        assert codes(results) == [""] * 5
        assert sum(ledger.available(one) for one in members) == 6_120


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ("UPDATE adjustment SET state = 'posted', decided_by = requested_by, decided_at = now(), journal_id = 1"
         " WHERE state = 'requested'", "adjustment_four_eyes"),
        ("UPDATE adjustment SET state = 'posted', decided_by = 'staff:Wang', decided_at = now(), journal_id = 1"
         " WHERE state = 'requested'", "adjustment_four_eyes"),
        ("UPDATE adjustment SET requested_by = 'ops:me'", "append only"),
        ("UPDATE adjustment SET decided_by = 'ops:me' WHERE state = 'posted'", "append only"),
        ("DELETE FROM adjustment", "append only"),
        ("UPDATE adjustment_line SET points = 1000000", "append only"),
        ("DELETE FROM adjustment_line", "append only"),
    ],
)  # fmt: skip
def test_the_database_itself_insists_on_four_eyes(ledger: Ledger, damage: str, complaint: str):
    member_id = ledger.member()
    ledger.adjust((member_id, 5))
    ledger.request_adjustment((member_id, 5))

    with pytest.raises(sa.exc.DBAPIError, match=complaint), owner_of(ledger.engine).begin() as connection:
        connection.execute(sa.text(damage))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE adjustment SET requested_by = 'x'",
        "UPDATE adjustment SET added = 9",
        "UPDATE adjustment_line SET points = 9",
    ],
)
def test_the_service_has_no_right_to_change_what_was_asked(ledger: Ledger, damage: str):
    with pytest.raises(sa.exc.DBAPIError, match="permission denied"), ledger.engine.begin() as connection:
        connection.execute(sa.text(f"SET LOCAL ROLE {ROLES.app}"))
        connection.execute(sa.text(damage))


def test_operators_request_from_a_file_show_and_list(
    ledger: Ledger, tmp_path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    ann, bob = ledger.member(), ledger.member(50)
    path = tmp_path / "lines.csv"
    path.write_text(f"member_id,points\n{ann},20\n{bob},-30\n")

    asked = json.loads(ops(ledger.engine, "adjustment", "request", str(path), "--because", "outage", "--json").stdout)
    shown = ops(ledger.engine, "adjustment", "show", asked["adjustment_id"]).stdout.splitlines()
    monkeypatch.setenv("LOGNAME", "li")  # whoever says so is still who they are
    own = ops(ledger.engine, "adjustment", "approve", asked["adjustment_id"])
    listed = ops(ledger.engine, "adjustment", "list", "--state", "requested", "--most", "1").stdout

    assert (asked["lines"], asked["added"], asked["taken"]) == (2, 20, 30)
    assert shown[1:] == ["member_id,points", f"{ann},20", f"{bob},-30"]
    assert "reason=outage" in shown[0]
    assert (own.returncode, contract.ADJUSTMENT_OF_ONESELF in own.stderr) == (1, True)
    assert asked["adjustment_id"] in listed

    is_at_the_command_line(monkeypatch, "li", ledger)
    assert points_ops.main(["adjustment", "approve", asked["adjustment_id"], "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["lines"] == 2
    assert (ledger.available(ann), ledger.available(bob)) == (20, 20)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [("mbr_x,5\n", "the first line is member_id,points"), ("member_id,points\nmbr_x,five\n", "line=1")],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(ledger: Ledger, tmp_path, content: str, complaint: str):
    path = tmp_path / "lines.csv"
    path.write_text(content)

    done = ops(ledger.engine, "adjustment", "request", str(path), "--because", "outage")

    assert (done.returncode, complaint in done.stderr, "Traceback" in done.stderr) == (1, True, False)


def test_one_member_alone_needs_no_file_and_a_rejection_a_reason(ledger: Ledger):
    member_id = ledger.member()

    asked = ops(
        ledger.engine, "adjustment", "request", "--member", member_id, "--points", "7", "--because", "x", "--json"
    )
    adjustment_id = json.loads(asked.stdout)["adjustment_id"]
    without = ops(ledger.engine, "adjustment", "reject", adjustment_id)
    rejected = ops(ledger.engine, "adjustment", "reject", adjustment_id, "--because", "y")

    assert (without.returncode, rejected.returncode) == (2, 0)
    assert found(ledger, adjustment_id)["decided_because"] == "y"
