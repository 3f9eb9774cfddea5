"""What a correction forgave is remembered: the next one neither takes it again nor gives it again."""

from dataclasses import dataclass
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, example, given, settings

from services.chassis.testkit import database_of
from tests.integration.points.bill_story import Biller, set_rule
from tests.integration.points.story import Ledger

engine = database_of("points")

DEBT, WITHIN = "debt", "within_balance"
points = st.integers(0, 60)
bills = st.tuples(st.just("bill"), points, st.sampled_from([DEBT, WITHIN, WITHIN]), st.booleans())
moves = st.tuples(st.sampled_from(["spend", "earn"]), points.filter(bool))
stories = st.lists(bills | moves, max_size=9).map(lambda steps: [("bill", 50, WITHIN, False), *steps])


@dataclass
class Account:
    """One member and one run, reckoned in four numbers: ``level`` is what the run counts for, ``forgiven`` what the
    member keeps beyond it."""

    available: int = 0
    owed: int = 0
    level: int = 0
    forgiven: int = 0

    def bill(self, said: int, policy: str, frozen: bool) -> None:
        booked = self.level + self.forgiven
        if said > booked and frozen:
            return
        if said > self.level:
            self.forgiven = max(0, booked - said)
            self.earn(max(0, said - booked))
        else:
            missing = self.level - said - self.draw(self.level - said)
            self.owed += missing if policy == DEBT else 0
            self.forgiven += missing if policy == WITHIN else 0
        self.level = said

    def earn(self, gain: int) -> None:
        repaid = min(gain, self.owed)
        self.owed -= repaid
        self.available += gain - repaid

    def draw(self, most: int) -> int:
        drawn = min(most, self.available)
        self.available -= drawn
        return drawn


@pytest.fixture
def biller(ledger: Ledger, tmp_path: Path) -> Biller:
    set_rule(ledger, decreases=WITHIN)
    return Biller(ledger, tmp_path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories)
@example([("bill", 50, WITHIN, False), ("spend", 50), ("bill", 0, WITHIN, False), ("bill", 60, WITHIN, False),
          ("bill", 55, WITHIN, False)])  # fmt: skip
@example([("bill", 50, WITHIN, False), ("spend", 50), ("bill", 0, WITHIN, False), ("bill", 60, WITHIN, False),
          ("earn", 60), ("bill", 0, DEBT, False)])  # fmt: skip
def test_every_revision_leaves_what_a_reckoning_by_hand_comes_to(ledger: Ledger, tmp_path: Path, story: list[tuple]):
    biller, account, revision = Biller(ledger, tmp_path, "A"), Account(), 0
    for what, amount, *more in story:
        if what == "bill":
            revision += 1
            policy, frozen = more
            bill(ledger, biller, revision, amount, policy, frozen)
            account.bill(amount, policy, frozen)
        elif what == "earn":
            ledger.accrue(biller.members["A"], amount)
            account.earn(amount)
        elif drawn := account.draw(amount):
            biller.spend("A", drawn)
        assert (biller.available()["A"], biller.owed()["A"]) == (account.available, account.owed)


def bill(ledger: Ledger, biller: Biller, revision: int, said: int, policy: str, frozen: bool) -> None:
    set_rule(ledger, decreases=policy)
    freeze_id = ledger.freeze(biller.members["A"]) if frozen else None
    biller.bill(revision=revision, A=said)
    if freeze_id:
        ledger.unfreeze(freeze_id)


def test_what_was_forgiven_and_is_due_after_all_can_be_taken_back_again(biller: Biller):
    biller.bill(A=100)
    biller.spend("A", 100)
    biller.bill(revision=2)
    biller.bill(revision=3, A=200)

    run = biller.bill(revision=4, A=150)

    assert (run["clawed_back"], biller.available()["A"]) == (50, 50)


def test_what_another_service_booked_under_the_name_of_a_run_is_not_of_the_run(ledger: Ledger, biller: Biller):
    biller.bill(A=100)
    ledger.accrue(biller.members["A"], 40, source="bill", reference=biller.run_id)

    run = biller.bill(revision=2, A=100)

    assert (run["points"], run["clawed_back"], biller.available()["A"]) == (0, 0, 140)


def test_more_than_is_left_of_all_earnings_is_not_taken_and_does_not_stop_the_run(ledger: Ledger, biller: Biller):
    set_rule(ledger, decreases=DEBT)
    biller.bill(A=60, B=10)
    biller.bill(revision=2, A=120, B=10)
    ledger.claw_back(biller.members["A"], 50, source="bill")  # of no earning in particular

    run = biller.bill(revision=3, B=20)

    assert (run["state"], run["clawed_back"]) == ("posted", 70)
    assert (biller.available()["A"], biller.owed()["A"], biller.available()["B"]) == (0, 0, 20)
