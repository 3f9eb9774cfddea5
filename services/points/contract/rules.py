"""Rules of the ledger, and their changes: requested by one person, approved by another."""

from marshmallow import fields, validate

from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, day, identifier, instant, integer, listed, nested, text
from services.points.contract.vocabulary import (
    LARGEST_PAGE,
    RULE_BACKDATED,
    RULE_CHANGE_DECIDED_BEFORE,
    RULE_CHANGE_OF_ONESELF,
    RULE_CHANGE_OVERTAKEN,
    RULE_CHANGE_UNKNOWN,
    RULE_CONTRADICTED,
    RULE_FIELD_INVALID,
    RULE_FIELD_MISSING,
    RULE_FIELD_UNKNOWN,
    RULE_INVALID,
    RULE_UNCHANGED,
    RULE_UNKNOWN,
    SERVICE,
)

RULE_CHANGE_STATES = ("requested", "approved", "rejected")
MOST_FIELDS = 40


def typed_fields(fewest: int = 0) -> fields.Dict:
    """What a row says by field, as it is typed: ``{"open": "true", "give": "100"}``; an empty text is nothing."""
    size = validate.Length(fewest, MOST_FIELDS)
    return fields.Dict(keys=text(60), values=text(1000, shortest=0), required=True, validate=size)


class ListRules(Request):
    pass


class InWords(Record):
    en = text(200)
    zh = text(200)


class RuleField(Record):
    """``expected``: what may be typed, in words."""

    name = text(60)
    expected = text(1000)
    means = nested(InWords)


class NamedSetting(Record):
    """Bounds of the value of a setting, by its name."""

    name = text(60)
    least = integer()
    largest = integer()
    means = nested(InWords)


class DeclaredRule(Record):
    """Rows that are alike in all fields of ``scope`` are rivals: of those the newest counts whose day has come."""

    rule = text(60)
    decides = nested(InWords)
    scope = listed(text(60))
    takes = listed(RuleField)
    named = listed(NamedSetting)


class Rules(Record):
    rules = listed(DeclaredRule)


class GetRule(Request):
    """``on``: a day in China; today, if it is not said."""

    rule = text(60)
    on = day(allow_none=True)


class RuleRow(Record):
    """``change_id`` is null for what came with a release."""

    id = integer(1)
    says = typed_fields()
    effective_from = text(10)
    actor = text(80)
    change_id = identifier("chg", allow_none=True)


class RuleOnDay(Record):
    """Rows ``in_force`` on that day, one a scope, and rows ``to_come``, the next first."""

    rule = text(60)
    on = text(10)
    in_force = listed(RuleRow, longest=10_000)
    to_come = listed(RuleRow, longest=10_000)


class RequestRuleChange(Request):
    """``says``: what is not typed stays as it is in force on that day, today or later."""

    request_id = text(80)
    rule = text(60)
    says = typed_fields(fewest=1)
    effective_from = day()
    reason = text(200)


class ToFollow(Record):
    """What does not agree with it from ``since`` on, and what ``says`` so that it does."""

    what = text(80)
    since = text(10)
    says = text(400)


class RuleChangeRequested(Record):
    """``says`` every field. ``replaces`` the row in force on that day, ``until`` the day of the row that takes over
    next, ``told`` which rules are to follow."""

    change_id = identifier("chg")
    rule = text(60)
    says = typed_fields()
    effective_from = text(10)
    replaces = nested(RuleRow, allow_none=True)
    until = text(10, allow_none=True)
    told = listed(ToFollow)


class ApproveRuleChange(Request):
    """By another person than who requested it, whichever doors they use."""

    request_id = text(80)
    change_id = identifier("chg")


class RuleChangeApproved(RuleChangeRequested):
    requested_by = text(80)
    approved_by = text(80)
    reason = text(200)


class RejectRuleChange(Request):
    """By anybody: who requested it may think better of it."""

    request_id = text(80)
    change_id = identifier("chg")
    reason = text(200)


class RuleChangeRejected(Record):
    change_id = identifier("chg")


class OfRuleChange(Request):
    change_id = identifier("chg")


class ListRuleChanges(Request):
    """Newest first; ``before`` is the ``next_before`` of the page before."""

    state = choice(*RULE_CHANGE_STATES, allow_none=True)
    limit = integer(1, LARGEST_PAGE, load_default=20)
    before = integer(1, allow_none=True)


class RuleChange(Record):
    change_id = identifier("chg")
    rule = text(60)
    says = typed_fields()
    effective_from = text(10)
    replaces = nested(RuleRow, allow_none=True)
    reason = text(200)
    state = choice(*RULE_CHANGE_STATES)
    requested_by = text(80)
    requested_at = instant()
    decided_by = text(80, allow_none=True)
    decided_at = instant(allow_none=True)
    decided_because = text(200, allow_none=True)


class RuleChanges(Record):
    changes = listed(RuleChange)
    next_before = integer(1, allow_none=True)


_FITS_NOT = (
    RULE_UNKNOWN,
    RULE_FIELD_UNKNOWN,
    RULE_FIELD_INVALID,
    RULE_FIELD_MISSING,
    RULE_INVALID,
    RULE_BACKDATED,
    RULE_CONTRADICTED,
)
LIST_RULES = Query(SERVICE, "list_rules", ListRules, Rules)
GET_RULE = Query(SERVICE, "get_rule", GetRule, RuleOnDay, refuses=(RULE_UNKNOWN,))
REQUEST_RULE_CHANGE = Command(
    SERVICE, "request_rule_change", RequestRuleChange, RuleChangeRequested, refuses=(*_FITS_NOT, RULE_UNCHANGED)
)
APPROVE_RULE_CHANGE = Command(
    SERVICE,
    "approve_rule_change",
    ApproveRuleChange,
    RuleChangeApproved,
    refuses=(
        RULE_CHANGE_UNKNOWN, RULE_CHANGE_DECIDED_BEFORE, RULE_CHANGE_OF_ONESELF, RULE_CHANGE_OVERTAKEN, *_FITS_NOT,
    ),
)  # fmt: skip
REJECT_RULE_CHANGE = Command(
    SERVICE,
    "reject_rule_change",
    RejectRuleChange,
    RuleChangeRejected,
    refuses=(RULE_CHANGE_UNKNOWN, RULE_CHANGE_DECIDED_BEFORE),
)
GET_RULE_CHANGE = Query(SERVICE, "get_rule_change", OfRuleChange, RuleChange, refuses=(RULE_CHANGE_UNKNOWN,))
LIST_RULE_CHANGES = Query(SERVICE, "list_rule_changes", ListRuleChanges, RuleChanges)
