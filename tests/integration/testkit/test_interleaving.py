"""Interleavings go through every order once, and so find what a race at random may miss."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.testkit import database_of
from services.chassis.testkit.interleaving import Interleaving, interleavings

engine = database_of("logistics")


@pytest.fixture
def box(engine: sa.Engine) -> Iterator[None]:
    """Two numbers, "left" and "right", that contenders change."""
    run(engine, "CREATE TABLE box (name text PRIMARY KEY, value int NOT NULL)")
    yield
    run(engine, "DROP TABLE box")


def run(engine: sa.Engine, statement: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text(statement), values)


def fill(engine: sa.Engine) -> None:
    run(engine, "DELETE FROM box")
    run(engine, "INSERT INTO box VALUES ('left', 100), ('right', 100)")


def value(engine: sa.Engine, name: str) -> int:
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT value FROM box WHERE name = :name"), {"name": name})
        return int(found.scalar_one())


def take(engine: sa.Engine, name: str = "left", lock: str = "") -> int:
    """Reads, then writes what it makes of it: right only under a lock."""
    with engine.begin() as connection:
        sought = sa.text(f"SELECT value FROM box WHERE name = :name {lock}")  # noqa: S608 - a constant of this test
        left = connection.execute(sought, {"name": name}).scalar_one() - 10
        connection.execute(sa.text("UPDATE box SET value = :left WHERE name = :name"), {"left": left, "name": name})
        return int(left)


def all_of(engine: sa.Engine, deed, preemptions: int = 1) -> list[tuple[Interleaving, int]]:
    """Every order of two of the same deed, with what is left on the left."""

    def prepare():
        fill(engine)
        return [deed, deed]

    return [(done, value(engine, "left")) for done in interleavings(engine, prepare, preemptions)]


def test_an_update_that_gets_lost_shows_in_the_orders_where_it_does(engine: sa.Engine, box: None):
    found = {done.order: left for done, left in all_of(engine, take)}

    # three stops each: before the reading, before the writing, before the commit
    assert found == {
        "AAABBB": 80, "BBBAAA": 80,
        "ABBBAA": 90, "AABBAB": 90, "BAAABB": 90, "BBAABA": 90,
    }  # fmt: skip


def test_a_lock_leaves_only_right_orders(engine: sa.Engine, box: None):
    found = all_of(engine, lambda gated: take(gated, lock="FOR UPDATE"), preemptions=2)

    assert {left for _, left in found} == {80}
    assert {tuple(sorted(done.results)) for done, _ in found} == {(80, 90)}
    assert len({done.order for done, _ in found}) == len(found)
    assert all(done.order.count("A") == done.order.count("B") == 3 for done, _ in found)


def test_more_preemptions_find_more_orders(engine: sa.Engine, box: None):
    independent = [lambda gated: take(gated, "left"), lambda gated: take(gated, "right")]

    def orders(preemptions: int) -> set[str]:
        def prepare():
            fill(engine)
            return independent

        return {done.order for done in interleavings(engine, prepare, preemptions)}

    assert orders(0) == {"AAABBB", "BBBAAA"}
    assert orders(1) == orders(0) | {"ABBBAA", "AABBBA", "BAAABB", "BBAAAB"}
    assert len(orders(5)) == 20  # all ways to shuffle three and three


def test_what_a_session_has_planned_already_makes_no_other_orders(engine: sa.Engine, box: None):
    spend = Planned("spend", "UPDATE box SET value = value - 1 WHERE name = :name")

    def spending(name: str):
        def deed(gated: sa.Engine) -> None:
            with gated.begin() as connection:
                spend.run(connection, {"name": name})

        return deed

    def prepare():
        fill(engine)
        return [spending("left"), spending("right")]

    found = [done.order for done in interleavings(engine, prepare)]

    assert sorted(found) == ["AABB", "ABBA", "BAAB", "BBAA"]


def test_a_deadlock_is_an_outcome_and_no_hanging(engine: sa.Engine, box: None):
    def both(first: str, second: str):
        def deed(gated: sa.Engine) -> None:
            with gated.begin() as connection:
                for name in (first, second):
                    connection.execute(sa.text("UPDATE box SET value = value - 1 WHERE name = :name"), {"name": name})

        return deed

    def prepare():
        fill(engine)
        return [both("left", "right"), both("right", "left")]

    found = list(interleavings(engine, prepare))

    stuck = [done for done in found if done.deadlocked]
    assert {done.order[:2] for done in stuck} == {"AB", "BA"}
    for done in stuck:
        assert [type(result) for result in done.results].count(sa.exc.OperationalError) == 1
    assert all(done.results == [None, None] for done in found if not done.deadlocked)
