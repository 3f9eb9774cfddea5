"""How orders are carried out from an instant on: flows, and what is done about steps that take their time. Orders that
are placed already keep the flow they were placed with; a policy counts for every step that is begun or asked about."""

from datetime import datetime
from typing import Any

from services.chassis.data.work import Work
from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.aftersale.case import ERRANDS
from services.orders.domain.flows.checking import FlowNotLawful, check_flow
from services.orders.domain.flows.flow import Flow
from services.orders.domain.flows.policy import REFUND
from services.orders.domain.flows.steps import STEPS
from services.orders.domain.variants import VARIANTS
from services.orders.storage.flow_rows import add_flow, add_policy
from services.orders.storage.flows import flows_in_force, flows_to_come

TIMED = (*STEPS, *ERRANDS.values(), REFUND)  # of orders, of cases after the sale, and of each refund
SECONDS = {
    "ask_after_s": (1, 2_592_000),
    "ask_every_s": (30, 86_400),
    "ask_longest_s": (30, 86_400),
    "stuck_after_s": (60, 31_536_000),
}
MOST_BACK_OFF = 10


def set_flow(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``request``: delivery, variant, steps [{step, after}], effective_from (None: now), reason."""
    flow = Flow(request["delivery"], request["variant"], _steps(request["steps"]))
    if flow.delivery not in contract.DELIVERIES:
        raise Refused(contract.FLOW_INVALID, f"delivery is one of {', '.join(contract.DELIVERIES)}")
    if flow.variant not in VARIANTS:
        raise Refused(contract.FLOW_INVALID, f"variant is one of {', '.join(VARIANTS[1:])}, or not said")
    try:
        check_flow(flow, [*flows_in_force(work), *flows_to_come(work)])
    except FlowNotLawful as problem:
        raise Refused(contract.FLOW_INVALID, str(problem)) from None
    row = {name: request[name] for name in ("delivery", "variant", "steps")}
    return add_flow(work, _from(work, request), request["reason"], **row)


def set_step_policy(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """``request``: step, times in seconds (``ask_after_s``, ``stuck_after_s`` None: never), back_off, effective_from
    (None: now), reason."""
    if problem := _problem_of_policy(request):
        raise Refused(contract.FLOW_INVALID, problem)
    row = {name: request[name] for name in ("step", *SECONDS, "back_off")}
    return add_policy(work, _from(work, request), request["reason"], **row)


def _problem_of_policy(policy: dict[str, Any]) -> str | None:
    if policy["step"] not in TIMED:
        return f"step is one of {', '.join(TIMED)}"
    for name, (least, most) in SECONDS.items():
        if policy[name] is not None and not least <= policy[name] <= most:
            return f"{name} is {least} to {most} seconds"
    if policy["ask_longest_s"] < policy["ask_every_s"]:
        return "ask_longest_s is not less than ask_every_s"
    if not 1 <= policy["back_off"] <= MOST_BACK_OFF or policy["back_off"] != round(policy["back_off"], 2):
        return f"back_off is 1 to {MOST_BACK_OFF}, with two decimals at most"
    if policy["step"] == REFUND and (policy["ask_after_s"] or policy["stuck_after_s"]):
        return "a refund is asked for at once, and it is its order or case that gets stuck"
    return None


def _steps(said: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    try:
        return tuple((str(step["step"]), tuple(map(str, step["after"]))) for step in said)
    except (TypeError, KeyError):
        raise Refused(contract.FLOW_INVALID, 'steps are a list of {"step": …, "after": […]}') from None


def _from(work: Work, request: dict[str, Any]) -> datetime:
    effective_from: datetime = request["effective_from"] or work.now
    if effective_from < work.now:
        raise Refused(contract.FLOW_INVALID, "the past is not rewritten: now or later")
    return effective_from
