"""What comes next for an order: one pure function over its plan, the facts and the time.

Forward, a step is begun when everything before it is done, and done when the facts say so. Back, what was begun last is
undone first; a step that has to ask somebody outside does so before anything of what it builds on is taken back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.orders.domain.flows.facts import Facts
from services.orders.domain.flows.plan import Plan, PlannedStep
from services.orders.domain.flows.policy import StepPolicy
from services.orders.domain.flows.steps import COUNTS_AS_DONE, INSIDE, STEPS

Policies = Mapping[str, StepPolicy]


@dataclass(frozen=True)
class Begin:
    """The step is reached: what it needs from us happens now."""

    step: str


@dataclass(frozen=True)
class TakeBack:
    """Nobody outside has to be asked any more: what is left of the step goes back now."""

    step: str


@dataclass(frozen=True)
class TurnBack:
    """The step's time is over, or it has failed, and why."""

    step: str
    why: str | None = None


@dataclass(frozen=True)
class Finished:
    """Everything is done, or, on the way back, undone."""


@dataclass(frozen=True)
class Wait:
    """Until ``until`` (None: until somebody tells us something), in ``lane``. ``ask``: the step of which somebody
    outside is to be asked now."""

    until: datetime | None
    lane: str = INSIDE
    ask: str | None = None


Move = Begin | TakeBack | TurnBack | Finished | Wait


def next_move(plan: Plan, facts: Facts, now: datetime, is_called_off: bool, policies: Policies) -> tuple[Plan, Move]:
    """The plan as the facts have it, and the one thing to do next; to be called again after it is done."""
    return _back(plan, facts, now, policies) if is_called_off else _forward(plan, facts, now, policies)


def _forward(plan: Plan, facts: Facts, now: datetime, policies: Policies) -> tuple[Plan, Move]:
    plan = _found_done(plan, facts, now)
    for step in plan.reached:
        if step.state == "waiting":
            policy = policies.get(step.name, StepPolicy())
            start = max(now, STEPS[step.name].counts_from(facts) or now)
            due = {"due_at": policy.first_ask(start), "stuck_at": policy.stuck_at(start)}
            return plan.moved(step.name, "begin", now, **due), Begin(step.name)
        why = STEPS[step.name].fails(facts)
        if why or _is_over(step, facts, now):
            return plan, TurnBack(step.name, why)
    return plan, Finished() if plan.is_done else _soonest(plan.reached, facts, now)


def _found_done(plan: Plan, facts: Facts, now: datetime) -> Plan:
    while done := [step for step in plan.reached if step.state == "doing" and _is_done(step, facts, now)]:
        for step in done:
            plan = plan.moved(step.name, "find_done", now)
    return plan


def _is_done(step: PlannedStep, facts: Facts, now: datetime) -> bool:
    known = STEPS[step.name]
    return known.is_done(facts) or (known.time_over == COUNTS_AS_DONE and _is_over(step, facts, now))


def _is_over(step: PlannedStep, facts: Facts, now: datetime) -> bool:
    until = STEPS[step.name].until(facts)
    return until is not None and now >= until


def _back(plan: Plan, facts: Facts, now: datetime, policies: Policies) -> tuple[Plan, Move]:
    for step in plan.begun:
        if step.state != "undoing":
            stuck_at = policies.get(step.name, StepPolicy()).stuck_at(now)
            plan = plan.moved(step.name, "turn_back", now, due_at=now, stuck_at=stuck_at)
        if STEPS[step.name].asks_back(facts):
            return plan, _soonest([plan[step.name]], facts, now)
        return plan.moved(step.name, "take_back", now), TakeBack(step.name)
    return plan, Finished()


def _soonest(steps: list[PlannedStep], facts: Facts, now: datetime) -> Wait:
    """What is due first of what ``steps`` wait for; of two at once the one of which somebody is to be asked."""
    waits = [wait for step in steps for wait in _waits_of(step, facts, now)]
    return min(waits, key=lambda wait: (wait.until, wait.ask is None), default=Wait(None))


def _waits_of(step: PlannedStep, facts: Facts, now: datetime) -> list[Wait]:
    known = STEPS[step.name]
    lane = known.lane(facts)
    waits = [Wait(known.until(facts), lane)] if step.state == "doing" else []
    if step.stuck_at is not None and not step.is_stuck(now):
        waits.append(Wait(step.stuck_at, lane))
    if step.due_at is not None:
        waits.append(Wait(step.due_at, lane, step.name if step.due_at <= now else None))
    return [wait for wait in waits if wait.until is not None]


def asked(plan: Plan, step: str, now: datetime, policies: Policies) -> Plan:
    """Somebody outside is being asked; if nothing comes of it, again at the next time."""
    tries = plan[step].tries
    return plan.noted(step, due_at=policies.get(step, StepPolicy()).next_ask(now, tries), tries=tries + 1)


def gone_on(plan: Plan, now: datetime) -> Plan:
    """What was being undone is done after all; what was undone already has to be done again."""
    return plan.each_moved({"undoing": "go_on", "undone": "go_on"}, now)


def marked_done(plan: Plan, name: str, now: datetime) -> Plan:
    """For what no fact but the caller's word makes done."""
    return plan if plan[name].state == "done" else plan.moved(name, "find_done", now)


def taken_back(plan: Plan, name: str, now: datetime) -> Plan:
    """Whoever was asked has said yes."""
    return plan.moved(name, "take_back", now)


def given_up(plan: Plan, name: str, problem: str, now: datetime) -> Plan:
    """Whoever was asked has said no, and nobody here can do anything about it: somebody must look, now."""
    return with_problem(plan.noted(name, due_at=None, stuck_at=now), name, problem)


def with_problem(plan: Plan, name: str, problem: str) -> Plan:
    return plan.put(replace(plan[name], problem=problem[:500]))
