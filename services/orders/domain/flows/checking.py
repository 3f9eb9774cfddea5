"""What rows of flows must be before orders follow them."""

from collections.abc import Iterable

from services.orders.contract import BULK
from services.orders.domain.flows.flow import PIVOT, PLAIN, Flow, FlowsDoNotAgree, merged
from services.orders.domain.flows.steps import STEPS

# Without them an order would hold or take what nobody looks after.
INDISPENSABLE = ("hold_goods", "hold_points", "hold_coins", PIVOT, "settle_points", "settle_coins")
CASH_COMES_BY = ("take_cash", "collect_cash")  # one of them


class FlowNotLawful(ValueError):
    """Says what is wrong with a flow."""


def check_flow(flow: Flow, others: Iterable[Flow]) -> None:
    """``others`` are in force or to come; an order may follow any of those of its variant together with this one."""
    names = [step for step, _ in flow.steps]
    if unknown := {*names, *(before for _, after in flow.steps for before in after)} - set(STEPS):
        raise FlowNotLawful(f"unknown steps: {', '.join(sorted(unknown))}; known are {', '.join(STEPS)}")
    if len(names) != len(set(names)) or set(INDISPENSABLE) - set(names):
        raise FlowNotLawful(f"every step once, and among them {', '.join(INDISPENSABLE)}")
    if len(set(names) & set(CASH_COMES_BY)) != 1:
        raise FlowNotLawful(f"one of {' and '.join(CASH_COMES_BY)}")
    _check_approval(flow, names)
    _check_pivot(flow)
    try:
        merged([flow])
        for other in others:
            if other.delivery != flow.delivery and (other.variant in (flow.variant, PLAIN) or flow.variant == PLAIN):
                merged([flow, other])
    except FlowsDoNotAgree as problem:
        raise FlowNotLawful(f"these steps wait for each other: {problem}") from None


def _check_approval(flow: Flow, names: list[str]) -> None:
    """Nobody approves of other orders, and nobody pays for a bulk order that is not approved."""
    if (flow.variant == BULK) != ("approve" in names):
        raise FlowNotLawful(f"approve is a step of every {BULK} flow, and of no other")
    if flow.variant == BULK and "approve" not in _all_before(flow, "take_cash"):
        raise FlowNotLawful("take_cash comes after approve")


def _check_pivot(flow: Flow) -> None:
    """What holds comes before the pivot and what is given for good after it, so that nothing final can be undone."""
    before = set(_all_before(flow, PIVOT))
    for step, _ in flow.steps:
        if step != PIVOT and STEPS[step].is_before_pivot != (step in before):
            where = "before" if STEPS[step].is_before_pivot else "after"
            raise FlowNotLawful(f"{step} comes {where} {PIVOT}")


def _all_before(flow: Flow, step: str) -> Iterable[str]:
    after = dict(flow.steps)
    todo, seen = list(after.get(step, ())), set()
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += after.get(name, ())
    return seen
