"""The ledger against a small pure model, over random stories; every invariant is audited after every step."""

from collections import Counter
from datetime import date, timedelta

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.chassis.clock import local_date
from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED, Refused
from services.chassis.testkit import database_of
from services.points import contract
from tests.integration.points.story import Ledger

engine = database_of("points")
GRACE = timedelta(days=30)


class Model:
    """One wallet as a plain bag of points by expiry day, and its holds; nothing of the implementation in it."""

    def __init__(self) -> None:
        self.free: Counter[date] = Counter()
        self.holds: dict[str, dict] = {}

    def spendable(self, today: date) -> int:
        return sum(points for day, points in self.free.items() if day >= today)

    def held(self) -> int:
        return sum(sum(hold["drawn"].values()) for hold in self.holds.values() if hold["state"] == "open")

    def earn(self, day: date, points: int) -> None:
        self.free[day] += points

    def hold(self, order_id: str, points: int, today: date) -> str:
        known = self.holds.get(order_id)
        if known:
            return contract.HOLD_RELEASED_BEFORE if known["state"] in ("released", "barred") else "same"
        if points > self.spendable(today):
            return contract.INSUFFICIENT
        drawn: Counter[date] = Counter()
        for day in sorted(day for day in self.free if day >= today):
            drawn[day] = min(self.free[day], points - drawn.total())
        self.free -= drawn
        self.holds[order_id] = {"state": "open", "drawn": +drawn, "refunded": Counter()}
        return ""

    def capture(self, order_id: str) -> str:
        hold = self.holds.get(order_id)
        if hold is None or hold["state"] == "barred":
            return contract.HOLD_UNKNOWN
        if hold["state"] == "released":
            return contract.HOLD_NOT_OPEN
        hold["state"] = "captured"
        return ""

    def release(self, order_id: str) -> str:
        hold = self.holds.setdefault(order_id, {"state": "barred", "drawn": Counter(), "refunded": Counter()})
        if hold["state"] == "captured":
            return contract.HOLD_NOT_OPEN
        if hold["state"] == "open":
            self.free += hold["drawn"]
            hold["state"] = "released"
        return ""

    def refund(self, order_id: str, points: int, today: date) -> str:
        hold = self.holds.get(order_id)
        if hold is None or hold["state"] == "barred":
            return contract.HOLD_UNKNOWN
        if hold["state"] != "captured":
            return contract.HOLD_NOT_OPEN
        left = hold["drawn"] - hold["refunded"]
        if points > left.total():
            return contract.REFUND_TOO_LARGE
        for day in sorted(left, reverse=True):
            part = min(left[day], points)
            hold["refunded"][day] += part
            self.free[day if day >= today else today + GRACE] += part
            points -= part
        return ""


class LedgerMachine(RuleBasedStateMachine):
    ledger: Ledger
    orders = Bundle("orders")
    keys = Bundle("keys")

    @initialize()
    def begin(self) -> None:
        self.model = Model()
        self.ledger = Ledger(type(self).ledger.engine)
        self.member_id = self.ledger.member()

    @property
    def today(self) -> date:
        return local_date(self.ledger.clock.now())

    @rule(target=keys, points=st.integers(1, 60), source=st.sampled_from(["check_in", "review", "survey", "campaign"]))
    def accrue(self, points: int, source: str) -> tuple:
        day = {
            "check_in": (self.today.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1),
            "review": date(self.today.year, 12, 31),
            "survey": date.max,
            "campaign": date(self.today.year + 2, 12, 31),
        }[source]
        if source == "check_in":  # one month on, to the end of that month
            day = (day + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        key = new_id("req")
        answer = self.ledger.accrue(self.member_id, points, source, request_id=key)
        self.model.earn(day, points)
        assert answer["expires_on"] == (None if day == date.max else day.isoformat())
        return ("accrue", {"member_id": self.member_id, "points": points, "source": source}, key, answer)

    @rule(target=orders)
    def new_order(self) -> str:
        return new_id("ord")

    @rule(target=keys, order_id=orders, points=st.integers(1, 80))
    def hold(self, order_id: str, points: int) -> tuple:
        known = self.model.holds.get(order_id)
        if known and known["state"] in ("open", "captured"):
            points = known["drawn"].total()
        request = {"member_id": self.member_id, "points": points, "order_id": order_id}
        return self._both("hold", request, self.model.hold(order_id, points, self.today))

    @rule(target=keys, order_id=orders)
    def capture(self, order_id: str) -> tuple:
        return self._both("capture", {"order_id": order_id}, self.model.capture(order_id))

    @rule(target=keys, order_id=orders)
    def release(self, order_id: str) -> tuple:
        return self._both("release", {"order_id": order_id}, self.model.release(order_id))

    @rule(target=keys, order_id=orders, points=st.integers(1, 80))
    def refund(self, order_id: str, points: int) -> tuple:
        request = {"order_id": order_id, "points": points}
        return self._both("refund", request, self.model.refund(order_id, points, self.today))

    @rule(done=keys)
    def ask_again(self, done: tuple) -> None:
        name, request, key, answer = done
        if answer is not None:
            assert getattr(self.ledger, name)(**request, request_id=key) == answer

    @rule(done=keys)
    def ask_another_thing_under_the_same_key(self, done: tuple) -> None:
        name, request, key, answer = done
        other = {"points": request["points"] + 1} if "points" in request else {"order_id": new_id("ord")}
        if answer is not None and name != "release":
            with pytest.raises(Refused, match=KEY_REUSED):
                getattr(self.ledger, name)(**{**request, **other}, request_id=key)

    @rule(days=st.sampled_from([1, 20, 45, 400]))
    def time_passes(self, days: int) -> None:
        self.ledger.clock.advance(days=days)

    @invariant()
    def the_ledger_is_in_order_and_agrees_with_the_model(self) -> None:
        if not hasattr(self, "member_id"):
            return
        balance = self.ledger.balance(self.member_id)
        assert (balance["available"], balance["held"]) == (self.model.spendable(self.today), self.model.held())
        ours = {day.isoformat(): n for day, n in (+self.model.free).items() if self.today <= day < date.max}
        assert {one["expires_on"]: one["points"] for one in balance["expiring"]} == ours
        assert self.ledger.breaches() == []

    def _both(self, name: str, request: dict, expected: str) -> tuple:
        key, answer = new_id("req"), None
        try:
            answer = getattr(self.ledger, name)(**request, request_id=key)
            found = ""
        except Refused as refusal:
            found = refusal.code
        assert found == ("" if expected == "same" else expected)
        return (name, request, key, answer)


def test_the_ledger_does_what_the_model_does(engine: sa.Engine):
    LedgerMachine.ledger = Ledger(engine)
    for source, policy in {
        "check_in": ("fixed_months", 1),
        "review": ("end_of_year", 0),
        "survey": ("never", 0),
    }.items():
        LedgerMachine.ledger.policy(source, *policy)
    few = settings(
        max_examples=14, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    run_state_machine_as_test(LedgerMachine, settings=few)
