"""Operators decide how little of an element is too little at a place, from now or from later on."""

from typing import Any

from services.catalog.contract import GOODS_UNKNOWN, INBOUND, POLICY_BACKDATED, POLICY_DECIDED_BEFORE, TRANSFER
from services.catalog.domain.consignments import Line, check_lines
from services.catalog.domain.replenishment import Rule
from services.catalog.storage.consignments import carried_among
from services.catalog.storage.levels import level_of, open_levels
from services.catalog.storage.replenishment import list_rules, write_rule
from services.catalog.usecases.set_place_state import known_place
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def set_replenishment_rule(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's ReplenishmentRules of the place. The element gets a level there, if it has none: it is what jobs
    and whoever accepts lock."""
    rule = Rule(**{name: request[name] for name in Rule.__dataclass_fields__})
    rule.check()
    begins = request["effective_from"] or work.now
    if begins < work.now:
        raise Refused(POLICY_BACKDATED, "a rule cannot take effect in the past")
    _check_known(work, rule)
    open_levels(work, [rule.element_id], rule.place_id)
    if not write_rule(work, rule, begins, request["reason"]):
        raise Refused(POLICY_DECIDED_BEFORE, "this instant has a rule already")
    return list_replenishment_rules(work, {"place_id": rule.place_id})


def list_replenishment_rules(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    return {"rules": list_rules(work, request["place_id"])}


def _check_known(work: Work, rule: Rule) -> None:
    for place_id in (rule.place_id, rule.from_place):
        if place_id is not None:
            known_place(work, place_id)
    if level_of(work, rule.element_id) is None:
        raise Refused(GOODS_UNKNOWN, "no such element", element_ids=[rule.element_id])
    line = Line(rule.element_id, rule.pack)
    check_lines([line], carried_among(work, [rule.element_id]), TRANSFER if rule.from_place else INBOUND)
