"""One request that comes several times at once, and one key for two requests at once."""

from functools import partial
from typing import Any

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED
from services.chassis.testkit import fresh_database, race
from services.chassis.testkit.interleaving import interleavings
from tests.integration.points.ledger_driver_hands import COMMANDS, EVENTS
from tests.integration.points.race_operations import OPERATIONS, ask, outcome
from tests.integration.points.race_scenes import Stage

TIMES = 8
KEYED = [name for name, operation in OPERATIONS.items() if operation.what in {*COMMANDS, *EVENTS}]
OTHER_CONTENT = {
    "accrue": {"points": 29}, "hold": {"points": 99}, "refund": {"points": 14}, "claw_back": {"points": 119},
    "give": {"points": 79}, "exchange": {"get": 8, "expected_give": 80}, "top_up": {"amount_fen": 400},
    "capture": {"points": 39}, "ask_for_adjustment": {"unit": "COIN"},
}  # fmt: skip


@pytest.fixture(scope="module")
def stage():
    with fresh_database("points", pool_size=TIMES + 2) as engine:
        yield Stage(engine)
        assert Stage(engine).hands.ledger.breaches() == []


def done_once(stage: Stage, name: str) -> list[str]:
    scene = stage.scene(OPERATIONS[name].props)
    ask(stage.engine, scene, name, new_id("req"))
    return outcome(stage.engine, scene)


@pytest.mark.parametrize("name", KEYED)
def test_one_request_eight_times_at_once_is_done_once_and_answered_alike(stage: Stage, name: str):
    scene, key = stage.scene(OPERATIONS[name].props), new_id("req")

    answers = race(*[partial(ask, stage.engine, scene, name, key)] * TIMES)

    assert isinstance(answers[0], dict)
    assert answers == [answers[0]] * TIMES
    assert outcome(stage.engine, scene) == done_once(stage, name)


@pytest.mark.parametrize("name", KEYED)
def test_one_request_twice_at_once_is_done_once_in_every_order_of_statements(stage: Stage, name: str):
    expected, scenes = done_once(stage, name), []

    def prepare() -> list[Any]:
        scene, key = stage.scene(OPERATIONS[name].props), new_id("req")
        scenes.append(scene)
        return [lambda engine: ask(engine, scene, name, key)] * 2

    for done in interleavings(stage.engine, prepare):
        assert done.results[0] == done.results[1], done.order
        assert outcome(stage.engine, scenes[-1]) == expected, done.order
        assert not done.deadlocked, done.order


@pytest.mark.parametrize("name", OTHER_CONTENT)
def test_one_key_for_two_requests_at_once_serves_one_of_them(stage: Stage, name: str):
    scene, key = stage.scene(OPERATIONS[name].props), new_id("req")
    one, other = partial(ask, stage.engine, scene, name, key), partial(ask, stage.engine, scene, name, key)

    answers = race(*[one] * (TIMES // 2), *[partial(other, **OTHER_CONTENT[name])] * (TIMES // 2))

    halves = [answers[: TIMES // 2], answers[TIMES // 2 :]]
    refused = [half == [KEY_REUSED] * (TIMES // 2) for half in halves]
    assert sorted(refused) == [False, True], answers
    served = halves[refused.index(False)]
    assert isinstance(served[0], dict)
    assert served == [served[0]] * (TIMES // 2)
