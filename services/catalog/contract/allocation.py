"""How places are chosen that serve an order."""

from services.catalog.contract.vocabulary import ALLOCATION_STRATEGIES, POLICY_BACKDATED, POLICY_DECIDED_BEFORE, SERVICE
from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, flag, instant, integer, listed, text

HEAVIEST = 1_000_000


class AllocationWish(Request):
    """Costs in one measure: of a parcel, a kilometre, a step of priority, a percent of what a place has of an element.

    ``fewest_parcels``: parcels first, then cost; ``least_cost``: a parcel costs ``parcel_weight``. A place that nobody
    located is ``unknown_km`` away. ``supplies_halls``: what a hall lacks for a pick-up is sent there from a warehouse.
    From now on, or from ``effective_from``.
    """

    strategy = choice(*ALLOCATION_STRATEGIES)
    parcel_weight = integer(0, HEAVIEST)
    distance_weight = integer(0, HEAVIEST)
    priority_weight = integer(0, HEAVIEST)
    stock_weight = integer(0, HEAVIEST)
    unknown_km = integer(0, 40_000)
    supplies_halls = flag()
    effective_from = instant(allow_none=True)
    reason = text(200)


class SetAllocationPolicy(AllocationWish):
    request_id = text(80)


class AllocationPolicy(Record):
    strategy = choice(*ALLOCATION_STRATEGIES)
    parcel_weight = integer()
    distance_weight = integer()
    priority_weight = integer()
    stock_weight = integer()
    unknown_km = integer()
    supplies_halls = flag()
    effective_from = instant()
    reason = text(200)
    actor = text(80)
    decided_at = instant()


class NoArguments(Request):
    """A request without fields."""


class AllocationPolicies(Record):
    """Newest first: what is decided for later, what holds now, what held before."""

    policies = listed(AllocationPolicy)


SET_ALLOCATION_POLICY = Command(
    SERVICE,
    "set_allocation_policy",
    SetAllocationPolicy,
    AllocationPolicies,
    refuses=(POLICY_BACKDATED, POLICY_DECIDED_BEFORE),
)
LIST_ALLOCATION_POLICIES = Query(SERVICE, "list_allocation_policies", NoArguments, AllocationPolicies)
