"""A corrected file is a whole file again; the difference to what is booked is posted."""

from pathlib import Path

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, event_of
from services.members import contract as members
from services.points import contract
from services.points.domain.bill_file import FileRefused
from services.points.usecases.follow_member_state import follow_member_state
from services.points.usecases.import_bill_run import import_bill_run
from tests.integration.points.bill_files import bill_file
from tests.integration.points.bill_story import Biller, set_rule, set_setting
from tests.integration.points.story import Ledger

engine = database_of("points")


@pytest.fixture
def biller(ledger: Ledger, tmp_path: Path) -> Biller:
    set_rule(ledger)
    return Biller(ledger, tmp_path)


def test_increases_accrue_decreases_are_clawed_back_and_who_is_missing_loses_all(biller: Biller):
    biller.bill(A=100, B=50, C=30)

    run = biller.bill(revision=2, A=120, B=20)

    assert biller.available() == {"A": 120, "B": 20, "C": 0}
    assert (run["state"], run["revision"], run["points"], run["clawed_back"]) == ("posted", 2, 20, 60)
    assert (run["lines"], run["posted_lines"], run["posted_now"]) == (2, 2, 2)
    assert [(kind, points) for kind, _, points in biller.journals()] == [
        ("accrual", 180), ("accrual", 20), ("clawback", -30), ("clawback", -30),
    ]  # fmt: skip


def test_what_is_corrected_is_told_member_by_member(biller: Biller):
    biller.bill(A=100, B=50)

    biller.bill(revision=2, A=110, B=45)

    accrued = biller.told(contract.POINTS_ACCRUED)
    assert [(p["member_id"], p["points"]) for data in accrued for p in data["postings"]] == [
        (biller.members["A"], 100), (biller.members["B"], 50), (biller.members["A"], 10),
    ]  # fmt: skip
    clawed_back = [event["data"] for event in emitted(biller.ledger.engine, contract.POINTS_CLAWED_BACK)]
    taken = [data for data in clawed_back if data["member_id"] == biller.members["B"]]
    assert [(data["points"], data["source"], data["reason"], data["available"]) for data in taken] == [
        (5, "bill", "bill_corrected", 45)
    ]
    assert [(d["revision"], d["points"], d["clawed_back"]) for d in biller.told(contract.BILL_RUN_POSTED)] == [
        (1, 150, 0), (2, 10, 5),
    ]  # fmt: skip


def test_the_same_revision_again_posts_nothing(biller: Biller):
    biller.bill(A=100, B=50)
    biller.bill(revision=2, A=70, B=60)
    booked = biller.journals()

    again = [biller.bill(revision=2, A=70, B=60), biller.bill(revision=1, A=100, B=50)]

    assert [(run["posted_now"], run["state"]) for run in again] == [(0, "posted"), (0, "posted")]
    assert biller.journals() == booked
    assert biller.available() == {"A": 70, "B": 60, "C": 0}


def test_a_revision_that_changes_nothing_books_nothing(biller: Biller):
    biller.bill(A=100)

    run = biller.bill(revision=2, A=100)

    assert (run["state"], run["points"], run["clawed_back"], run["posted_lines"]) == ("posted", 0, 0, 1)
    assert len(biller.journals()) == 1


def test_each_revision_corrects_the_one_before(biller: Biller):
    biller.bill(A=100)
    for revision, yuan in enumerate([60, 80, 10, 0, 25], start=2):
        biller.bill(revision=revision, A=yuan)
        assert biller.available()["A"] == yuan

    assert [points for _, _, points in biller.journals()] == [100, -40, 20, -20, -50, -10, 25]


def test_what_was_spent_meanwhile_is_owed_and_repaid_by_the_next_increase(biller: Biller):
    biller.bill(A=100)
    biller.spend("A", 90)

    biller.bill(revision=2, A=40)
    owed = biller.owed()["A"], biller.available()["A"]
    biller.bill(revision=3, A=100)

    assert owed == (50, 0)
    assert (biller.owed()["A"], biller.available()["A"]) == (0, 10)
    assert [points for _, _, points in biller.journals()] == [100, -60, 60]


def test_within_balance_takes_what_is_there_and_forgives_the_rest_for_good(ledger: Ledger, biller: Biller):
    set_rule(ledger, decreases="within_balance")
    biller.bill(A=100)
    biller.spend("A", 90)

    two = biller.bill(revision=2, A=40)
    three = biller.bill(revision=3, A=40)
    after = biller.available()["A"], biller.owed()["A"]
    four = biller.bill(revision=4, A=95)

    assert (two["clawed_back"], three["clawed_back"], four["clawed_back"]) == (10, 0, 0)
    assert after == (0, 0)
    assert (four["points"], biller.available()["A"]) == (5, 5)  # 90 were left booked


def test_what_somebody_clawed_back_by_hand_is_not_taken_twice(ledger: Ledger, biller: Biller):
    biller.bill(A=100)
    journal_id = ledger.fetch("SELECT id FROM journal WHERE ref = :run", run=biller.run_id)[0][0]
    ledger.claw_back(biller.members["A"], 70, source="bill", corrects=journal_id)

    run = biller.bill(revision=2, A=10)

    assert (run["state"], run["clawed_back"], biller.available()["A"]) == ("posted", 30, 0)


def test_a_corrected_rule_counts_too(ledger: Ledger, biller: Biller):
    biller.bill(A=100)
    set_rule(ledger, points_per_yuan=2)

    run = biller.bill(revision=2, A=100)

    assert (run["points"], biller.available()["A"]) == (100, 200)
    rules = [rule for _, rule, _ in biller.journals()]
    assert rules[0] != rules[1] == run["rule"]


def test_the_cap_of_a_member_holds_over_revisions(ledger: Ledger, biller: Biller):
    set_rule(ledger, largest_points_per_member=100)
    biller.bill(A=90)

    biller.bill(revision=2, A=500)
    raised = biller.available()["A"]
    biller.bill(revision=3, A=95)

    assert (raised, biller.available()["A"]) == (100, 95)


@pytest.mark.parametrize(("revision", "expected"), [(2, 1), (3, 1)])
def test_a_revision_without_the_first_is_refused(biller: Biller, revision: int, expected: int):
    with pytest.raises(Refused) as refused:
        biller.bill(revision=revision, A=1)

    assert refused.value.code == contract.BILL_REVISION_OUT_OF_ORDER
    assert refused.value.details == {"expected": expected, "revision": revision}


def test_a_revision_that_skips_a_number_is_refused(biller: Biller):
    biller.bill(A=1)

    with pytest.raises(Refused) as refused:
        biller.bill(revision=3, A=2)

    assert refused.value.code == contract.BILL_REVISION_OUT_OF_ORDER
    assert refused.value.details == {"expected": 2, "revision": 3}
    assert biller.available()["A"] == 1


def test_a_revision_while_the_one_before_is_not_posted_is_refused(ledger: Ledger, biller: Biller):
    with pytest.raises(FileRefused):
        lines = [f"A-1,{biller.numbers['A']},2026-10-05,1"]
        import_bill_run(ledger.works, bill_file(biller.folder, biller.run_id, lines, trailer=False))

    with pytest.raises(Refused) as refused:
        biller.bill(revision=2, A=2)

    assert refused.value.code == contract.BILL_REVISION_OUT_OF_ORDER
    assert refused.value.details == {"unposted": 1, "revision": 2}


def test_a_revision_cannot_be_of_another_period(ledger: Ledger, biller: Biller):
    biller.bill(A=1)
    other = bill_file(biller.folder, biller.run_id, [], revision=2, period="2026-09")

    with pytest.raises(FileRefused, match="of period 2026-10"):
        import_bill_run(ledger.works, other)


def test_a_revision_with_wrong_totals_is_refused_and_may_come_again(ledger: Ledger, biller: Biller):
    biller.bill(A=100)
    lines = [f"A-2,{biller.numbers['A']},2026-10-05,70"]
    wrong = import_bill_run(ledger.works, bill_file(biller.folder, biller.run_id, lines, revision=2, declared_lines=9))
    kept = biller.available()["A"]

    right = import_bill_run(ledger.works, bill_file(biller.folder, biller.run_id, lines, revision=2))

    assert (wrong["state"], kept) == ("refused", 100)
    assert (right["state"], biller.available()["A"]) == ("posted", 70)
    assert (biller.status()["state"], biller.status(revision=1)["state"]) == ("posted", "posted")


def test_frozen_accounts_gain_nothing_and_lose_what_they_should_not_have(ledger: Ledger, biller: Biller):
    biller.bill(A=100, B=100, C=100)
    for name in "AB":
        suspend(ledger, biller.members[name])

    run = biller.bill(revision=2, A=150, B=60, C=100)

    assert biller.available() == {"A": 100, "B": 60, "C": 100}
    assert biller.rejects(revision=2) == [(1, "account_frozen")]
    assert (run["posted_lines"], run["rejected_lines"], run["clawed_back"]) == (2, 1, 40)


def test_many_decreases_are_settled_some_at_a_time(ledger: Ledger, tmp_path: Path):
    set_rule(ledger)
    set_setting(ledger, "bill_claw_backs_at_once", 3)
    names = "ABCDEFGHIJ"
    biller = Biller(ledger, tmp_path, names)
    biller.bill(**dict.fromkeys(names, 100))

    run = biller.bill(revision=2, workers=2, **{name: 90 + place for place, name in enumerate(names)})

    assert biller.available() == {name: 90 + place for place, name in enumerate(names)}
    assert (run["clawed_back"], run["points"], run["state"]) == (55, 0, "posted")


def test_a_claw_back_names_the_posting_that_it_corrects(ledger: Ledger, biller: Biller):
    biller.bill(A=100)
    biller.bill(revision=2, A=60)

    earned, taken = ledger.fetch("SELECT id, corrects FROM journal WHERE ref = :run ORDER BY id", run=biller.run_id)

    assert (earned[1], taken[1]) == (None, earned[0])


def suspend(ledger: Ledger, member_id: str) -> None:
    data = {"member_id": member_id, "previous": "active", "state": "suspended", "reason": "unpaid"}
    ledger.works.apply(event_of(members.STATE_CHANGED, member_id, data, sequence=2), follow_member_state)
