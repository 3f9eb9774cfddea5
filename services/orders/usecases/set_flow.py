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
from services.orders.domain.flows.steps import STEPS
from services.orders.domain.variants import VARIANTS
from services.orders.storage.flow_rows import add_flow, add_policy
from services.orders.storage.flows import flows_in_force, flows_to_come

TIMED = (*STEPS, *ERRANDS.values())  # of orders, and of cases after the sale
SECONDS = {"ask_after_s": (1, 2_592_000), "ask_every_s": (30, 86_400), "stuck_after_s": (60, 31_536_000)}


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
    """``request``: step, the three times in seconds (None: never), effective_from (None: now), reason."""
    if request["step"] not in TIMED:
        raise Refused(contract.FLOW_INVALID, f"step is one of {', '.join(TIMED)}")
    for name, (least, most) in SECONDS.items():
        if request[name] is not None and not least <= request[name] <= most:
            raise Refused(contract.FLOW_INVALID, f"{name} is {least} to {most} seconds")
    row = {name: request[name] for name in ("step", *SECONDS)}
    return add_policy(work, _from(work, request), request["reason"], **row)


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
