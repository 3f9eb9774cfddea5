"""Small cases gone through to their ends: three messages at most, two crashes at most, every order of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from tests.simulation.chance import Scripted, all_scripts
from tests.simulation.mall import PROVIDER, Mall
from tests.simulation.schedule import run_with
from tests.simulation.story import Member, Placed

pytestmark = pytest.mark.timeout(1_000)  # the longest of all, so they begin first
Scene = Callable[[Member, Placed], None]


@dataclass
class Case:
    """``basket`` is placed without any trouble; then ``scene`` sets going what may happen in any order. ``most``:
    crashes and unusual turns together."""

    name: str
    basket: tuple[str, ...]
    scene: Scene
    most: int


def confirmed(member: Member, placed: Placed) -> None:
    """order.confirmed.v1 is on its way to points, catalog and logistics."""


def confirmed_and_cancelled(member: Member, placed: Placed) -> None:
    member.mall.scheduler.spawn("cancel", lambda: member.cancel(placed.orders[0]))


def paid_and_cancelled(member: Member, placed: Placed) -> None:
    """The notice of the payment, and the member who has thought better of it."""
    spawn = member.mall.scheduler.spawn
    started = member.start_payment(placed)
    form = member.pay_at_cashier(started)
    spawn("notice", lambda: member.notify(form))
    spawn("cancel", lambda: member.cancel(placed.orders[0]))


def paid_as_time_is_over(member: Member, placed: Placed) -> None:
    mall, spawn = member.mall, member.mall.scheduler.spawn
    started = member.start_payment(placed)
    mall.scheduler.advance_to(datetime.fromisoformat(placed.orders[0]["pay_by"]))
    form = member.pay_at_cashier(started)
    spawn("notice", lambda: member.notify(form))
    spawn("time is over", lambda: mall.run_job("orders", f"drive_orders_at_{PROVIDER}"))


CASES = (
    Case("confirmed", ("rice",), confirmed, most=2),
    Case("confirmed and cancelled", ("rice",), confirmed_and_cancelled, most=1),
    Case("paid and cancelled", ("phone",), paid_and_cancelled, most=1),
    Case("paid as time is over", ("phone",), paid_as_time_is_over, most=1),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_order_of_few_messages_and_few_crashes(case: Case, grounds: Any) -> None:
    told: list[str] = []

    def run(script: Scripted) -> None:
        outcome = run_with(grounds.shared(), f"{case.name}-{next(numbers)}", script, lambda member: begin(member, case))
        if outcome.breaches and not told:
            told.append(str(outcome))

    numbers = iter(range(10_000))
    tried = all_scripts(run, case.most)
    if told:
        grounds.close()
    assert not told, told[0]
    assert tried > 20


def begin(member: Member, case: Case) -> None:
    script: Any = member.mall.scheduler.chance
    placed = member.place(case.basket)
    case.scene(member, placed)
    script.armed = True
    settle(member.mall)
    script.armed = False


def settle(mall: Mall) -> None:
    """Until everything that was set going has been heard of."""
    while mall.hear_and_tell():
        pass
