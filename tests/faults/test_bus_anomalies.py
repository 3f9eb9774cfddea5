"""Events come again, in another order and late, and beside them what nobody can handle."""

from collections.abc import Callable

import pytest

from deploy.ops.invariants import SERVICES
from services.chassis.bus.dead_letters import DeadLetter, list_dead
from tests.faults.chaos import FaultLog
from tests.faults.echoes import Echo
from tests.faults.ordeal import Stage, undergo
from tests.faults.poison import plant
from tests.support.mall import wait_until

ENOUGH = 300


@pytest.mark.timeout(3_600)
def test_events_that_come_again_and_in_any_order_are_applied_once(
    stage: Stage, seed: int, tell: Callable[[str], None]
) -> None:
    def tell_everything_again(log: FaultLog) -> None:
        with Echo(stage.amqp_url, seed) as echo:
            wait_until(lambda: echo.told_again >= ENOUGH, 600)
        log.note(f"{echo.told_again} events told again")

    verdict = undergo(stage, tell_everything_again, seed)

    tell(verdict.report)
    assert verdict.breaches == [], verdict.accusation


@pytest.mark.timeout(3_600)
def test_what_nobody_can_handle_is_parked_with_its_reason_and_nothing_else_stops(stage: Stage) -> None:
    planted = plant(stage.amqp_url)
    bodies = {body: (queue, wrong) for queue, of_queue in planted.items() for wrong, body in of_queue.items()}
    stage.planted |= set(bodies)

    wait_until(lambda: len(parked(stage.amqp_url, bodies)) == len(bodies), 300)

    for body, letter in parked(stage.amqp_url, bodies).items():
        queue, wrong = bodies[body]
        assert letter.queue == queue, wrong
        assert letter.reason and "too many deliveries" not in letter.reason, wrong


def parked(amqp_url: str, wanted: dict[bytes, tuple[str, str]]) -> dict[bytes, DeadLetter]:
    found = [letter for service in SERVICES for letter in list_dead(amqp_url, service, 1000)]
    return {letter.body: letter for letter in found if letter.body in wanted}
