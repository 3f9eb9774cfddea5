"""Rules of the ledger and their changes, for operations: one person asks, another approves."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.bodies import Because
from gateway.pages import limit_field, on_the_wire, position_field
from gateway.requests import request_id_for, rpc
from services.chassis.contract import Call
from services.chassis.schemas import Request, choice, day, text
from services.points import contract as points

blueprint = MallBlueprint("rules", __name__, url_prefix="/v1/ops", description="Rules of the ledger, for operations")
CHANGE = "/rule-changes/<id('chg'):change_id>"
EXAMPLE = {
    "rule": "gift_limit",
    "says": {"largest": "2000"},
    "effective_from": "2027-01-01",
    "reason": "points were resold",
}


class DayQuery(Request):
    on = day(load_default=None, metadata={"description": "A day in China; today, if it is not said"})


class NewRuleChange(Request):
    """``says`` by field, as text; what is not said stays as it is in force on that day."""

    rule = text(60)
    says = points.typed_fields(fewest=1)
    effective_from = day()
    reason = text(200)


class RuleChangesQuery(Request):
    state = choice(*points.RULE_CHANGE_STATES, load_default=None)
    limit = limit_field()
    before = position_field("`next_before` of the page before")


@blueprint.route("/rules")
@blueprint.for_staff("ops")
@blueprint.refuses(points.LIST_RULES)
@blueprint.response(200, points.Rules)
def list_rules() -> Any:
    """Which rules there are, what each decides and what may be said."""
    return _ask(points.LIST_RULES, {})


@blueprint.route("/rules/<name:rule>")
@blueprint.for_staff("ops")
@blueprint.arguments(DayQuery, location="query")
@blueprint.refuses(points.GET_RULE)
@blueprint.response(200, points.RuleOnDay)
def get_rule(query: dict[str, Any], rule: str) -> Any:
    """What a rule says on a day, and what it is to say after it."""
    return _ask(points.GET_RULE, {"rule": rule, **on_the_wire(query)})


@blueprint.route("/rule-changes", methods=["POST"])
@blueprint.for_staff("rules")
@blueprint.idempotent
@blueprint.arguments(NewRuleChange, example=EXAMPLE)
@blueprint.refuses(points.REQUEST_RULE_CHANGE)
@blueprint.response(201, points.RuleChangeRequested)
def request_rule_change(body: dict[str, Any]) -> Any:
    """Ask for what a rule is to say from a day on; it does not before another person approves."""
    return _ask(points.REQUEST_RULE_CHANGE, {"request_id": request_id_for(g.staff.name), **on_the_wire(body)})


@blueprint.route("/rule-changes", methods=["GET"])
@blueprint.for_staff("ops")
@blueprint.arguments(RuleChangesQuery, location="query")
@blueprint.refuses(points.LIST_RULE_CHANGES)
@blueprint.response(200, points.RuleChanges)
def list_rule_changes(query: dict[str, Any]) -> Any:
    """What was asked for, newest first."""
    return _ask(points.LIST_RULE_CHANGES, query)


@blueprint.route(CHANGE)
@blueprint.for_staff("ops")
@blueprint.refuses(points.GET_RULE_CHANGE)
@blueprint.response(200, points.RuleChange)
def get_rule_change(change_id: str) -> Any:
    """One change with the row that it replaces."""
    return _ask(points.GET_RULE_CHANGE, {"change_id": change_id})


@blueprint.route(f"{CHANGE}/approval", methods=["POST"])
@blueprint.for_staff("rules")
@blueprint.idempotent
@blueprint.refuses(points.APPROVE_RULE_CHANGE)
@blueprint.response(200, points.RuleChangeApproved)
def approve_rule_change(change_id: str) -> Any:
    """The rule says it from its day on, if it still fits; refused to the person who asked for it."""
    return _decide(points.APPROVE_RULE_CHANGE, change_id)


@blueprint.route(f"{CHANGE}/rejection", methods=["POST"])
@blueprint.for_staff("rules")
@blueprint.idempotent
@blueprint.arguments(Because, example={"reason": "not this year"})
@blueprint.refuses(points.REJECT_RULE_CHANGE)
@blueprint.response(200, points.RuleChangeRejected)
def reject_rule_change(body: dict[str, Any], change_id: str) -> Any:
    """It is not to be."""
    return _decide(points.REJECT_RULE_CHANGE, change_id, **body)


def _decide(contract: Call, change_id: str, **more: Any) -> Any:
    return _ask(contract, {"request_id": request_id_for(g.staff.name), "change_id": change_id, **more})


def _ask(contract: Call, request: dict[str, Any]) -> Any:
    return rpc(g.staff.actor, channel="ops").call(contract, request)
