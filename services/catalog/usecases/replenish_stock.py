"""What runs short is proposed by a job, and ordered or dismissed by a person."""

from typing import Any

from services.catalog.contract import (
    INBOUND,
    REPLENISHMENT_DECIDED_BEFORE,
    REPLENISHMENT_NOT_NEEDED,
    REPLENISHMENT_PROPOSED,
    REPLENISHMENT_UNKNOWN,
    TRANSFER,
)
from services.catalog.domain.replenishment import REPLENISHMENT, Rule, units_to_order
from services.catalog.storage import replenishment
from services.catalog.storage.locks import lock_levels, lock_open_replenishment, lock_replenishment
from services.catalog.storage.places import find_place
from services.catalog.storage.replenishment import change, position_of, rule_of, show_replenishment
from services.catalog.usecases.open_consignment import open_consignment
from services.chassis.data.work import Work, Works
from services.chassis.ids import new_id
from services.chassis.refusal import Refused

Request = dict[str, Any]
FIRST_VERSION = 1


def propose_replenishments(works: Works) -> int:
    """How many were proposed, revised or given up. Each element and place by itself, under the lock of its levels:
    two jobs at once, or a job and somebody who accepts, see what the other one did."""
    found = works.run(lambda work, _: replenishment.to_look_at(work), {})
    return sum(works.run(_look_at, {"element_id": element, "place_id": place}) for element, place in found)


def accept_replenishment(work: Work, request: Request) -> dict[str, Any]:
    """The contract's Replenishment. What is missing now is ordered, by a consignment; what came or was ordered since it
    was proposed is not ordered twice."""
    proposal = _locked(work, request, "accept")
    rule, units, _ = _needed(work, proposal["element_id"], proposal["place_id"])
    if rule is None or not units:
        raise Refused(REPLENISHMENT_NOT_NEEDED, "there is enough of it by now, or nothing to be had")
    name = f"replenishment {proposal['replenishment_id']}"
    ends = {"from_place": rule.from_place, "to_place": rule.place_id, "kind": TRANSFER if rule.from_place else INBOUND}
    lines = [{"element_id": rule.element_id, "quantity": units}]
    consignment = open_consignment(work, {"request_id": name, **ends, "lines": lines, "reason": name})
    change(work, proposal, "accept", "accepted", units, consignment["consignment_id"])
    return show_replenishment(work, proposal["replenishment_id"])


def dismiss_replenishment(work: Work, request: Request) -> dict[str, Any]:
    """It is not proposed again for a while, which the rule says."""
    proposal = _locked(work, request, "dismiss")
    change(work, proposal, "dismiss", request["reason"], proposal["quantity"])
    return show_replenishment(work, proposal["replenishment_id"])


def list_replenishments(work: Work, request: Request) -> dict[str, Any]:
    return {"replenishments": replenishment.list_replenishments(work, request)}


def _look_at(work: Work, request: Request) -> int:
    """First the open proposal, then the levels, as whoever accepts it does."""
    element_id, place_id = request["element_id"], request["place_id"]
    open_one = lock_open_replenishment(work, element_id, place_id)
    rule, units, available = _needed(work, element_id, place_id)
    if open_one is None:
        return _propose(work, rule, units, available) if rule and units else 0
    proposal = show_replenishment(work, open_one)
    if rule is None or not units:
        change(work, proposal, "lapse", "needed no more", proposal["quantity"])
        return 1
    if (units, available) == (proposal["quantity"], proposal["available"]):
        return 0
    replenishment.revise(work, open_one, rule, units, available)
    return 1


def _propose(work: Work, rule: Rule, units: int, available: int) -> int:
    replenishment_id = new_id("rpl")
    if replenishment.is_quiet(work, rule) or not replenishment.propose(work, replenishment_id, rule, units, available):
        return 0
    told = {name: getattr(rule, name) for name in ("element_id", "place_id", "from_place", "least")}
    data = {"replenishment_id": replenishment_id, **told, "quantity": units, "available": available}
    work.emit(REPLENISHMENT_PROPOSED, replenishment_id, data, FIRST_VERSION)
    return 1


def _needed(work: Work, element_id: str, place_id: str) -> tuple[Rule | None, int, int]:
    """The rule in force, the units to order by it now, and what is free there or on its way. The levels of the element
    stay locked. To a closed place nothing comes."""
    lock_levels(work, [element_id])
    rule, place = rule_of(work, element_id, place_id), find_place(work, place_id)
    if rule is None or place is None or place["state"] != "open":
        return None, 0, 0
    position = position_of(work, rule)
    return rule, units_to_order(rule, position), position.available


def _locked(work: Work, request: Request, event: str) -> dict[str, Any]:
    if not lock_replenishment(work, request["replenishment_id"]):
        raise Refused(REPLENISHMENT_UNKNOWN, "there is no such proposal")
    proposal = show_replenishment(work, request["replenishment_id"])
    if not REPLENISHMENT.allows(proposal["status"], event):
        raise Refused(REPLENISHMENT_DECIDED_BEFORE, "it is decided already", status=proposal["status"])
    return proposal
