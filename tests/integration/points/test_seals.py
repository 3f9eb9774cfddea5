"""Journals are sealed in blocks once nothing can be committed below them any more."""

import threading
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.testkit import database_of, owner_of, race, works_on
from services.points.storage.seals import highest_drawn
from services.points.usecases.settled_bookings import settled_mark
from tests.integration.points.sealed_story import Drawing, blocks, found_in, last_number, seal
from tests.integration.points.story import NOON, Ledger

engine = database_of("points", each="function")


def last_journal(ledger: Ledger) -> int:
    return ledger.fetch("SELECT max(id) FROM journal")[0][0]


def test_what_is_committed_is_sealed_once(ledger: Ledger):
    ledger.member(100)
    order_id = ledger.hold(ledger.member(50), 20)["order_id"]
    ledger.capture(order_id)

    last = last_journal(ledger)
    assert [seal(ledger) for _ in range(3)] == [1, 1, 0]  # what the hold is now is noted, and sealed with the next

    assert blocks(ledger)[0] == (1, 1, last, 4, 6)  # two accruals, a hold without entries, a capture
    assert blocks(ledger)[1][3:] == (0, 0)
    assert found_in(ledger) == []


def test_a_block_is_chained_to_the_one_before(ledger: Ledger):
    ledger.member(100)
    seal(ledger)
    ledger.member(100)
    seal(ledger)

    [(genesis, first), (prev, _)] = ledger.fetch("SELECT prev, hash FROM seal ORDER BY block")
    assert (bytes(genesis), bytes(prev)) == (bytes(32), bytes(first))
    [(_, _, last, _, _), (_, first_journal, _, _, _)] = blocks(ledger)
    assert first_journal == last + 1


def test_an_open_transaction_delays_its_id_and_all_later_ones(ledger: Ledger):
    ledger.member(100)
    early = Drawing(ledger)
    ledger.member(100)  # committed, with a higher id

    assert seal(ledger) == 0
    assert blocks(ledger) == []

    early.commit()
    assert seal(ledger) == 1
    assert blocks(ledger) == [(1, 1, last_number(ledger), 3, 4)]
    assert found_in(ledger) == []


def test_what_was_sealed_before_stays_sealed_while_others_draw(ledger: Ledger):
    ledger.member(100)
    seal(ledger)
    sealed_up_to = blocks(ledger)[0][2]
    early = Drawing(ledger)
    ledger.member(100)

    assert seal(ledger) == 0
    assert early.id > sealed_up_to
    early.commit()
    assert seal(ledger) == 1
    assert [first for _, first, *_ in blocks(ledger)] == [1, sealed_up_to + 1]


def test_an_id_that_was_rolled_back_is_a_lawful_gap(ledger: Ledger):
    gap = Drawing(ledger)
    ledger.member(100)
    gap.roll_back()

    assert seal(ledger) == 1
    assert blocks(ledger) == [(1, 1, last_number(ledger), 1, 2)]
    assert ledger.fetch("SELECT FROM record WHERE id = :id", id=gap.id) == []
    assert found_in(ledger) == []


def test_gaps_alone_make_no_block(ledger: Ledger):
    assert seal(ledger) == 1  # what the migrations wrote
    Drawing(ledger).roll_back()

    assert seal(ledger) == 0


def test_the_sealer_waits_for_whoever_drew_before_it_looked_and_for_nobody_else(ledger: Ledger):
    early = Drawing(ledger)
    clock = SignallingClock()
    mark: list[int | None] = []
    works = works_on(ledger.engine, clock)
    waiting = threading.Thread(target=lambda: mark.append(settled_mark(works, highest_drawn, 20)))
    waiting.start()
    assert clock.looked_twice.wait(20)  # the mark is read, and it polls
    late = Drawing(ledger)
    early.commit()
    waiting.join(20)

    assert mark == [early.id]
    late.roll_back()


class SignallingClock(FixedClock):
    """Every piece of work asks it for the time as it begins."""

    def __init__(self) -> None:
        super().__init__(NOON)
        self.looked, self.looked_twice = 0, threading.Event()

    def now(self):
        self.looked += 1
        if self.looked == 2:
            self.looked_twice.set()
        return super().now()


def test_nothing_is_committed_into_a_sealed_range(ledger: Ledger):
    members = [ledger.member() for _ in range(6)]
    done = threading.Event()

    def earn(member_id: str) -> None:
        for _ in range(15):
            ledger.accrue(member_id, 10)

    def keep_sealing() -> int:
        sealed = 0
        while not done.is_set():
            sealed += seal(ledger, patience_s=5)
        return sealed

    with in_background(keep_sealing) as sealed:
        assert race(*[lambda one=one: earn(one) for one in members]) == [None] * 6
        done.set()
    seal(ledger, patience_s=5)

    assert sealed[0] >= 1
    assert found_in(ledger) == []
    assert sum(journals for _, _, _, journals, _ in blocks(ledger)) == 90


@contextmanager
def in_background(work):
    result: list = []
    thread = threading.Thread(target=lambda: result.append(work()))
    thread.start()
    yield result
    thread.join(60)


@pytest.mark.parametrize("statement", ["UPDATE seal SET entries = 1", "DELETE FROM seal", "TRUNCATE seal CASCADE"])
def test_seals_are_append_only(ledger: Ledger, statement: str):
    ledger.member(100)
    seal(ledger)

    with pytest.raises(sa.exc.DBAPIError, match="append only"), owner_of(ledger.engine).begin() as connection:
        connection.execute(sa.text(statement))
