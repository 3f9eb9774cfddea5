"""Which step comes next: how often what."""

from collections.abc import Callable

from services.chassis.ids import derived_id
from tests.integration.points.ledger_driver_chance import RECENT_REQUESTS, Chance, Step
from tests.integration.points.ledger_driver_members import (
    claw_back,
    decide_on_adjustment,
    earn,
    earn_of_the_past,
    exchange,
    freeze,
    gift,
    request_adjustment,
    reverse_top_up,
    set_state,
    top_up,
    unfreeze,
)  # fmt: skip
from tests.integration.points.ledger_driver_orders import (
    capture,
    confirm_order,
    end_order,
    hold,
    refund,
    release,
    sweep,
    time_out,
)  # fmt: skip

FACTS = ("confirm_order", "end_order", "set_state")  # told by events, which are known by their ids alone
NUMBERS = ("points", "get", "amount_fen")
SAME_AGAIN = 0.75
ANOTHER = {"order_id": derived_id("ord", "another"), "payment_ref": "another", "frozen_by": "another",
           "asked_for_by": "another"}  # fmt: skip


class Rules:
    """Draws steps; each must be taken before the next is asked for."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.asked: list[Step] = []

    def next(self) -> Step:
        self.chance.number += 1
        rule = self.chance.random.choices(list(RULES), list(RULES.values()))[0]
        step = rule(self.chance) if rule else self._again()
        if step.key:
            self.asked = [*self.asked[-RECENT_REQUESTS:], step]
        return step

    def _again(self) -> Step:
        """The same request, or now and then another one under its key."""
        if not self.asked:
            return earn(self.chance)
        step = self.chance.random.choice(self.asked)
        if step.what in FACTS or self.chance.random.random() < SAME_AGAIN:
            return step
        number = next((name for name in NUMBERS if name in step.content), None)
        named = {name: value for name, value in ANOTHER.items() if name in step.content}
        return step._replace(content=step.content | ({number: step.content[number] + 1} if number else named))


def days_pass(chance: Chance) -> Step:
    return Step("days_pass", {"days": chance.random.choice([1, 1, 5, 20, 45, 200])})


def expire(_: Chance) -> Step:
    return Step("expire", {})


def look(chance: Chance) -> Step:
    purse = chance.purse()
    return Step("look", {"member_id": purse.member_id, "unit": purse.unit})


def look_back(chance: Chance) -> Step:
    purse, share = chance.purse(), chance.random.random()
    ago = chance.random.choice([None, 0, 1, 40, 400])
    return Step("look_back", {"member_id": purse.member_id, "unit": purse.unit, "share": share, "days_ago": ago})


RULES: dict[Callable[[Chance], Step] | None, int] = {
    earn: 32, earn_of_the_past: 4, claw_back: 10, gift: 12, exchange: 8, top_up: 6, reverse_top_up: 4,
    request_adjustment: 5, decide_on_adjustment: 6, freeze: 1, unfreeze: 5, set_state: 5,
    hold: 44, capture: 16, release: 10, refund: 20, confirm_order: 8, end_order: 4, time_out: 6, sweep: 2,
    days_pass: 6, expire: 2, look: 6, look_back: 4, None: 32,  # a request that was made before
}  # fmt: skip
