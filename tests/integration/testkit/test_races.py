"""A race in turns: whoever leads wins, so in enough turns each has won."""

from collections.abc import Iterator
from functools import partial

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of, race_behind, race_in_turn

engine = database_of("logistics")
NAMES = ("one", "two", "three")


@pytest.fixture
def prize(engine: sa.Engine) -> Iterator[None]:
    """Of each turn there is one, for who asks for it first."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE prize (turn int PRIMARY KEY, winner text NOT NULL)")
    yield
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE prize")


def wins(name: str, turn: int, engine: sa.Engine) -> bool:
    take = sa.text("INSERT INTO prize VALUES (:turn, :winner) ON CONFLICT DO NOTHING")
    with engine.begin() as connection:
        return bool(connection.execute(take, {"turn": turn, "winner": name}).rowcount)


def deeds(turn: int) -> list[partial[bool]]:
    return [partial(wins, name, turn) for name in NAMES]


def test_the_leader_is_first_and_answers_are_in_the_order_given(engine: sa.Engine, prize: None) -> None:
    for turn in range(30):
        leader = turn % len(NAMES)
        won = race_behind(engine, "INSERT INTO prize", leader, *deeds(turn))
        assert won == [place == leader for place in range(len(NAMES))]


def test_in_two_turns_a_contender_each_has_won(engine: sa.Engine, prize: None) -> None:
    won = [race_in_turn(engine, turn, "INSERT INTO prize", *deeds(turn)) for turn in range(2 * len(NAMES))]
    assert [sum(answers) for answers in won] == [1] * len(won)
    assert {answers.index(True) for answers in won} == set(range(len(NAMES)))


def test_who_follows_a_leader_that_never_gets_there_is_told(engine: sa.Engine) -> None:
    ran: list[str] = []
    answers = race_behind(
        engine, "INSERT", 1, lambda _: ran.append("follower"), lambda _: ran.append("leader"), patience_s=0.1
    )
    assert (str(answers[0]), ran) == ("the leader never did INSERT", ["leader"])
