"""Plans as JSON, as they are stored with their order; what is as usual is left out."""

from datetime import datetime
from typing import Any

from services.orders.domain.flows.plan import Plan, PlannedStep

_MOMENTS = ("since", "due_at", "stuck_at")


def plan_as_json(plan: Plan) -> list[dict[str, Any]]:
    return [_step_as_json(step) for step in plan]


def _step_as_json(step: PlannedStep) -> dict[str, Any]:
    moments = {name: moment.isoformat() for name in _MOMENTS if (moment := getattr(step, name))}
    told = {"step": step.name, "after": list(step.after), "state": step.state, **moments}
    return told | ({"tries": step.tries} if step.tries else {}) | ({"problem": step.problem} if step.problem else {})


def plan_of_json(stored: list[dict[str, Any]]) -> Plan:
    return Plan(tuple(_step_of_json(step) for step in stored))


def _step_of_json(stored: dict[str, Any]) -> PlannedStep:
    moments = {name: datetime.fromisoformat(stored[name]) for name in _MOMENTS if name in stored}
    return PlannedStep(
        stored["step"],
        tuple(stored["after"]),
        stored["state"],
        tries=stored.get("tries", 0),
        problem=stored.get("problem"),
        **moments,
    )
