"""The plan of an order: made of the flows in force when it is placed, and kept."""

from collections.abc import Iterable

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.domain.flows.flow import flows_for, merged
from services.orders.domain.flows.plan import Plan
from services.orders.domain.flows.stored_plan import plan_of_json
from services.orders.storage.flows import flows_in_force


def new_plan(work: Work, deliveries: Iterable[str], variant: str) -> Plan:
    return Plan.of(merged(flows_for(flows_in_force(work), deliveries, variant)))


def plan_of(order: sa.Row) -> Plan:
    return plan_of_json(order.plan)
