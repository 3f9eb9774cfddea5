"""Flows and step policies in force: of rows with the same scope the newest counts whose time has come."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.orders.domain.flows.flow import Flow
from services.orders.domain.flows.policy import StepPolicy
from services.orders.storage.tables import order_flow

_FLOWS = Planned(
    "flows_in_force",
    """
    SELECT DISTINCT ON (delivery, variant) delivery, variant, steps FROM order_flow
    WHERE effective_from <= :now ORDER BY delivery, variant, effective_from DESC
    """,
)
_POLICIES = Planned(
    "policies_in_force",
    """
    SELECT DISTINCT ON (step) step, ask_after_s, ask_every_s, stuck_after_s, back_off, ask_longest_s FROM step_policy
    WHERE effective_from <= :now ORDER BY step, effective_from DESC
    """,
)


def flows_in_force(work: Work) -> list[Flow]:
    rows = work.execute(_FLOWS, {"now": work.now})
    return [_flow_of(row) for row in rows]


def flows_to_come(work: Work) -> list[Flow]:
    rows = work.execute(sa.select(order_flow).where(order_flow.c.effective_from > work.now))
    return [_flow_of(row) for row in rows]


def _flow_of(row: sa.Row) -> Flow:
    return Flow(row.delivery, row.variant, _steps(row.steps))


def _steps(stored: list[dict[str, Any]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((step["step"], tuple(step["after"])) for step in stored)


class PoliciesInForce(Mapping[str, StepPolicy]):
    """Read when the first of them is asked for: most looks at an order need none."""

    def __init__(self, work: Work):
        self._work = work

    def __getitem__(self, step: str) -> StepPolicy:
        return self._known[step]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    @cached_property
    def _known(self) -> dict[str, StepPolicy]:
        rows = self._work.execute(_POLICIES, {"now": self._work.now})
        return {row.step: _policy_of(row) for row in rows}


def _policy_of(row: sa.Row) -> StepPolicy:
    return StepPolicy(row.ask_after_s, row.ask_every_s, row.stuck_after_s, float(row.back_off), row.ask_longest_s)
