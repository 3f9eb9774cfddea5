"""Flows as data, and several of them as one."""

from collections.abc import Iterable
from dataclasses import dataclass

Sequence = dict[str, tuple[str, ...]]  # each step with those that it comes after, in an order that keeps to that

PLAIN = ""
PIVOT = "confirm"


class FlowsDoNotAgree(ValueError):
    """Two flows have the same steps in opposite orders, so no order can follow both."""


@dataclass(frozen=True)
class Flow:
    """What parts with this ``delivery`` go through, in orders of this ``variant``: each step with those that it comes
    after. Steps of which neither comes after the other go on at once."""

    delivery: str
    variant: str
    steps: tuple[tuple[str, tuple[str, ...]], ...]


def flows_for(flows: Iterable[Flow], deliveries: Iterable[str], variant: str) -> list[Flow]:
    """Of each delivery its flow in this variant, or else the plain one. KeyError where there is neither."""
    known = {(flow.delivery, flow.variant): flow for flow in flows}
    return [known.get((delivery, variant)) or known[delivery, PLAIN] for delivery in sorted(set(deliveries))]


def merged(flows: Iterable[Flow]) -> Sequence:
    """One sequence that keeps the order of every flow; a step that several of them have is done once."""
    after: dict[str, dict[str, None]] = {}
    for flow in flows:
        for step, before in flow.steps:
            after.setdefault(step, {}).update(dict.fromkeys(before))
    sequence: Sequence = {}
    while len(sequence) < len(after):
        ready = [step for step, before in after.items() if step not in sequence and before.keys() <= sequence.keys()]
        if not ready:
            raise FlowsDoNotAgree(", ".join(sorted(after.keys() - sequence.keys())))
        sequence |= {step: tuple(after[step]) for step in ready}
    return sequence
