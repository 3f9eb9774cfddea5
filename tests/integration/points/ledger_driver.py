"""One random story, told to the ledger and to the model at once; they must agree after every step."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zlib import crc32

import sqlalchemy as sa

from services.chassis.ids import derived_id
from services.points import contract
from tests.integration.points.ledger_driver_chance import EARLIER, Chance, Step
from tests.integration.points.ledger_driver_hands import Eyes, Hands, lay_down_rules
from tests.integration.points.ledger_driver_rules import Rules
from tests.integration.points.ledger_model_bags import Purse
from tests.integration.points.ledger_model_orders import Model
from tests.integration.points.story import card

BEGIN = datetime(2004, 1, 1, 4, tzinfo=UTC)  # long ago: no day is booked as expired before it is over in truth
MEMBERS = 5
# Contents name earlier requests by their keys: of which command, by what of its answer the ledger knows it, as what it
# is asked about, and what that would be of a request that never was.
EARLIER_ONES: dict[str, tuple[str, str, str, Callable[[str], Any]]] = {
    "earned_by": ("accrue", "journal_id", "corrects", lambda key: 10**12 + crc32(key.encode())),
    "asked_for_by": ("request_adjustment", "adjustment_id", "adjustment_id", lambda key: derived_id("adj", key)),
    "frozen_by": ("freeze", "freeze_id", "freeze_id", lambda key: derived_id("frz", key)),
}
COMPARE_ALL_EVERY, AUDIT_EVERY, LINES = 25, 500, 10


class Disagreement(AssertionError):
    """The ledger did not do what the model did."""


class Story:
    """``seed`` decides everything, on an empty database."""

    def __init__(self, engine: sa.Engine, seed: int) -> None:
        self.hands, self.done = Hands(engine), 0
        self.members = [derived_id("mbr", str(seed), str(number)) for number in range(MEMBERS)]
        self.hands.ledger.enrol(*[card(member_id) for member_id in self.members])
        lay_down_rules(self.hands.ledger)
        self.model = Model(BEGIN, self.members)
        self.rules = Rules(Chance(seed, self.model, self.members))
        self.eyes, self.answers = Eyes(engine), {}
        self.tally: Counter[str] = Counter()

    def invent(self, steps: int) -> Iterator[Step]:
        """Each step fits the story so far, so it must be taken before the next is asked for."""
        for _ in range(steps):
            yield self.rules.next()

    def take(self, step: Step) -> None:
        self.done += 1
        self.hands.ledger.clock.instant = self.model.now
        if step.key:
            self._ask(step.what, step.key, step.content)
        else:
            getattr(self, f"_{step.what}")(**step.content)
        touched = self._touched(step)
        self._compare(self.members if self.done % COMPARE_ALL_EVERY == 0 or not touched else touched)
        if self.done % AUDIT_EVERY == 0:
            self.audit()

    def close(self) -> None:
        self.eyes.close()

    def audit(self) -> None:
        self._same("invariants", self.hands.ledger.breaches(), [])

    def _ask(self, what: str, key: str, content: dict[str, Any]) -> None:
        rest, now = dict(content), self.model.now
        self.model.now = now - timedelta(days=rest.pop(EARLIER, 0))
        self.hands.ledger.clock.instant = self.model.now
        expected = self.model.ask(what, key, rest)
        found = self.hands.ask(what, key, self._resolved(rest))
        self.model.now = now
        self.tally[f"{what} {found if isinstance(found, str) else 'done'}"] += 1
        if isinstance(expected, str) or isinstance(found, str):
            return self._same(what, found, expected)
        self._same(what, {name: found[name] for name in expected}, expected)
        return self._same("the same key again", found, self.answers.setdefault((what, key), found))

    def _resolved(self, content: dict[str, Any]) -> dict[str, Any]:
        """Earlier requests that are named by their keys, by what the ledger named them."""
        told = dict(content)
        for name in EARLIER_ONES.keys() & told.keys():
            what, known_by, asked_as, unknown = EARLIER_ONES[name]
            key = told.pop(name)
            answer = self.answers.get((what, key), {})
            told[asked_as] = key and (answer.get(known_by) or unknown(key))
        return told

    def _expire(self) -> None:
        self.model.expire()
        self.hands.expire()

    def _days_pass(self, days: int) -> None:
        self.model.now += timedelta(days=days)

    def _time_out(self, **hold: str) -> None:
        self.model.time_out(**hold)
        self.hands.time_out(**hold)

    def _sweep(self, status: str) -> None:
        self.model.sweep(status)
        self.hands.sweep(status)

    def _look(self, member_id: str, unit: str) -> None:
        purse, today = self.model.purses.get((member_id, unit)), self.model.today
        if purse is None:
            return
        balance = self.hands.ledger.balance(member_id, unit=unit)
        ending: dict[str, int] = {}
        for (day, _), points in sorted(purse.live(today).items()):
            if day < date.max:
                ending[day.isoformat()] = ending.get(day.isoformat(), 0) + points
        found = (balance["available"], balance["held"], balance["earned_in_all"], balance["owed"])
        self._same("balance", found, (self.model.available(purse), purse.held.total(), purse.earned, purse.owed))
        self._same("expiring", {one["expires_on"]: one["points"] for one in balance["expiring"]}, ending)
        self._same("statement", self.hands.newest_lines(member_id, unit, LINES), _lines(purse)[:LINES])

    def _look_back(self, member_id: str, unit: str, share: float, days_ago: int | None) -> None:
        purse = self.model.purses.get((member_id, unit), Purse(member_id, unit))
        booked, of = round(share * len(purse.moves)), len(purse.moves)
        happened_by = None if days_ago is None else self.model.now - timedelta(days=days_ago)
        then = purse.as_of(happened_by, booked)
        day = self.model.today - timedelta(days=days_ago or 0)
        expected = (sum(then.values()), sum(points for (end, _), points in then.items() if end >= day))
        self._same("the past", self.hands.past(member_id, unit, happened_by, booked, of), expected)

    def _touched(self, step: Step) -> list[str]:
        named = [step.content[name] for name in ("member_id", "from_member", "to_member") if name in step.content]
        if named:
            return named
        hold = self.model.holds.get((step.content.get("order_id", ""), step.content.get("unit", contract.POINTS)))
        return [hold.purse.member_id] if hold and hold.purse else []

    def _compare(self, members: Sequence[str]) -> None:
        purses = {name: purse for name, purse in self.model.purses.items() if purse.member_id in members}
        self._same("wallets", self.eyes.wallets(members), {name: _state(purse) for name, purse in purses.items()})

    def _same(self, what: str, found: Any, expected: Any) -> None:
        if found != expected:
            raise Disagreement(f"{what}: the ledger says {found}, the model {expected}")


def _state(purse: Purse) -> tuple[Any, ...]:
    posted = purse.free + purse.held
    buckets = [[day.isoformat(), pool, posted[day, pool], purse.held[day, pool]] for day, pool in sorted(posted)]
    return (posted.total(), purse.held.total(), purse.earned, purse.owed, buckets)


def _lines(purse: Purse) -> list[tuple[int, int]]:
    """(points, balance after) of every booking, newest first."""
    lines, balance = [], 0
    for _, moved in purse.moves:
        balance += sum(moved.values())
        lines.append((sum(moved.values()), balance))
    return lines[::-1]
