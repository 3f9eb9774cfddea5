"""The job against what members do at the same moment: whoever comes first, it ends in the one lawful way.

Each pair is tried in every order of its statements, and 200 times at random.
"""

import copy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa

from services.chassis.ids import new_id
from services.chassis.testkit import database_of, emitted, race, works_on
from services.chassis.testkit.interleaving import interleavings
from services.points import contract
from tests.integration.points.expiry_story import LAST_DAY, NEXT_DAY, ExpiryLedger

engine = database_of("points")
TOLD = LAST_DAY.isoformat()
TRIES, SOON_S = 200, 5.0
STATEMENTS, WITH_THE_WALLET = 22, range(12, 18)  # of the job; before which of them it has locked the wallet


class End(NamedTuple):
    booked: int
    available: int
    held: int


class Story:
    """One wallet: 100 points whose last day was yesterday, 50 that live on; a rival of the job, and the lawful end."""

    lawful = End(booked=100, available=50, held=0)

    def __init__(self, expiry: ExpiryLedger) -> None:
        expiry.at(LAST_DAY)
        self.member_id, self.order_id = expiry.member(100), new_id("ord")
        expiry.accrue(self.member_id, 50, source="survey")

    def end(self, expiry: ExpiryLedger) -> End:
        """When the job has been there once more: it may have passed over a wallet that was locked."""
        expiry.expire()
        balance = expiry.balance(self.member_id)
        return End(expiry.booked(self.member_id)[TOLD], balance["available"], balance["held"])


class Holds(Story):
    lawful = End(booked=100, available=10, held=40)

    def rival(self, ledger: ExpiryLedger) -> Any:
        return ledger.hold(self.member_id, 40, self.order_id)


class Captures(Story):
    lawful = End(booked=40, available=50, held=0)

    def __init__(self, expiry: ExpiryLedger) -> None:
        super().__init__(expiry)
        expiry.hold(self.member_id, 60, self.order_id)

    def rival(self, ledger: ExpiryLedger) -> Any:
        return ledger.capture(self.order_id)


class Releases(Captures):
    lawful = End(booked=100, available=50, held=0)

    def rival(self, ledger: ExpiryLedger) -> Any:
        return ledger.release(self.order_id)


class Refunds(Captures):
    lawful = End(booked=40, available=75, held=0)

    def __init__(self, expiry: ExpiryLedger) -> None:
        super().__init__(expiry)
        expiry.capture(self.order_id)

    def rival(self, ledger: ExpiryLedger) -> Any:
        return ledger.refund(self.order_id, 25)


STORIES = [Holds, Captures, Releases, Refunds]


def on(expiry: ExpiryLedger, engine: sa.Engine) -> ExpiryLedger:
    """The same ledger, through an engine of its own."""
    twin = copy.copy(expiry)
    twin.engine, twin.works = engine, works_on(engine, clock=expiry.clock)
    return twin


@pytest.mark.parametrize("story_of", STORIES)
def test_every_order_of_statements_ends_lawfully(expiry: ExpiryLedger, story_of: type):
    stories = []

    def prepare() -> list[Callable[[sa.Engine], Any]]:
        stories.append(story := story_of(expiry))
        expiry.at(NEXT_DAY)
        return [lambda engine: on(expiry, engine).expire(), lambda engine: story.rival(on(expiry, engine))]

    orders = set()
    for done in interleavings(expiry.engine, prepare):
        assert [result for result in done.results if isinstance(result, Exception)] == []
        assert not done.deadlocked
        assert stories[-1].end(expiry) == story_of.lawful
        orders.add(done.order)
    # its rival came between all of them; who waits for the wallet waits for the same commit wherever it came
    assert {order.index("B") for order in orders} == {*range(STATEMENTS + 1)} - {*WITH_THE_WALLET[1:]}
    assert told(expiry, stories) == {story_of.lawful.booked}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("story_of", STORIES)
def test_two_hundred_times_at_random(expiry: ExpiryLedger, story_of: type):
    stories, ends = [], []
    for _ in range(TRIES):
        stories.append(story := story_of(expiry))
        expiry.at(NEXT_DAY)

        results = race(expiry.expire, partial(story.rival, expiry))

        assert [result for result in results if isinstance(result, Exception)] == []
        ends.append(story.end(expiry))
    assert ends == [story_of.lawful] * TRIES
    assert told(expiry, stories) == {story_of.lawful.booked}


def told(expiry: ExpiryLedger, stories: list[Story]) -> set[int]:
    """How many points the events say that each member lost."""
    sums = dict.fromkeys((story.member_id for story in stories), 0)
    for event in emitted(expiry.engine, contract.POINTS_EXPIRED):
        for posting in event["data"]["postings"]:
            if posting["member_id"] in sums:
                sums[posting["member_id"]] += posting["points"]
    return set(sums.values())


def test_two_jobs_at_once_book_everything_once(expiry: ExpiryLedger):
    for _ in range(20):
        stories = [Story(expiry) for _ in range(3)]
        expiry.at(NEXT_DAY)

        results = race(*[expiry.expire] * 3)

        assert [result for result in results if isinstance(result, Exception)] == []
        assert [story.end(expiry) for story in stories] == [Story.lawful] * 3


def test_a_locked_wallet_is_passed_over_and_comes_round_again(expiry: ExpiryLedger):
    locked, other = Story(expiry), Story(expiry)
    expiry.at(NEXT_DAY)

    with somebody_at(expiry, locked.member_id):
        passed_over = within(SOON_S, expiry.expire)
        left = expiry.booked(locked.member_id)
        running = expiry.fetch("SELECT expires_on FROM expiry_run WHERE state = 'running'")
    expiry.expire()

    assert (passed_over["points"], left, running) == (100, {}, [(LAST_DAY,)])
    assert expiry.booked(other.member_id) == expiry.booked(locked.member_id) == {TOLD: 100}


def test_a_redemption_waits_for_no_job_that_waits_for_another(expiry: ExpiryLedger):
    """Somebody keeps the first wallet of a chunk locked; the job runs; all others of the chunk can be redeemed."""
    first, *others = [Story(expiry) for _ in range(6)]
    expiry.at(NEXT_DAY)

    with somebody_at(expiry, first.member_id):
        job = threading.Thread(target=expiry.expire)
        job.start()
        for other in others:
            within(SOON_S, partial(expiry.hold, other.member_id, 50))
        job.join(SOON_S)
        ended = not job.is_alive()

    assert ended
    assert [expiry.balance(other.member_id)["held"] for other in others] == [50] * 5
    assert first.end(expiry) == Story.lawful


@contextmanager
def somebody_at(expiry: ExpiryLedger, member_id: str) -> Iterator[None]:
    """A transaction that holds the wallet's lock, as a command does that is not through."""
    with expiry.engine.begin() as connection:
        lock = sa.text("SELECT id FROM account WHERE owner = :owner FOR NO KEY UPDATE")
        assert connection.execute(lock, {"owner": member_id}).all()
        yield


def within(seconds: float, call: Callable[[], Any]) -> Any:
    """The result; fails if it takes longer."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(call()), daemon=True)
    thread.start()
    thread.join(seconds)
    assert results, f"not done within {seconds} s"
    return results[0]
