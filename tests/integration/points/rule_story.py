"""What tests of rules share: rules changed as ops change them, by two persons, and what is in force on a day."""

from datetime import date, timedelta
from typing import Any

from services.chassis.contract import Command
from services.chassis.ids import new_id
from services.points import contract
from services.points.domain.rules import RULES
from services.points.storage.rule_rows import rows_in_force
from services.points.usecases.approve_rule_change import approve_rule_change
from services.points.usecases.list_rule_changes import get_rule_change
from services.points.usecases.reject_rule_change import reject_rule_change
from services.points.usecases.request_rule_change import request_rule_change
from tests.integration.points.story import Ledger

TODAY, TOMORROW, LATER = (date(2026, 11, 20) + timedelta(days) for days in (0, 1, 30))
LIMITS = {"smallest": 10, "largest": 5_000, "points_a_day": 10_000, "points_a_month": 50_000, "gifts_a_day": 10}
PTS_FOR_COINS = {"from_unit": "PTS", "to_unit": "COIN"}
PAID = {"unit": "PTS", "source": "bill"}


def change(ledger: Ledger, rule: str, since: date = TOMORROW, /, **says: str) -> dict[str, Any]:
    """Asked for by one and approved by another."""
    return approve(ledger, ask_for(ledger, rule, since, **says))


def ask_for(
    ledger: Ledger,
    rule: str,
    since: date = TOMORROW,
    /,
    by: str = "ops:wang",
    request_id: str | None = None,
    **says: str,
) -> str:
    """The id of the change."""
    asked = {"rule": rule, "says": says, "effective_from": since.isoformat(), "reason": "a test"}
    return _once(ledger, by, contract.REQUEST_RULE_CHANGE, request_rule_change, asked, request_id)["change_id"]


def approve(ledger: Ledger, change_id: str, by: str = "ops:li", request_id: str | None = None) -> dict[str, Any]:
    asked = {"change_id": change_id}
    return _once(ledger, by, contract.APPROVE_RULE_CHANGE, approve_rule_change, asked, request_id)


def reject(ledger: Ledger, change_id: str, by: str = "ops:li") -> dict[str, Any]:
    asked = {"change_id": change_id, "reason": "not this year"}
    return _once(ledger, by, contract.REJECT_RULE_CHANGE, reject_rule_change, asked)


def seen(ledger: Ledger, change_id: str) -> dict[str, Any]:
    return ledger.ask(contract.GET_RULE_CHANGE, get_rule_change, {"change_id": change_id})


def said(ledger: Ledger, rule: str, day: date, **scope: Any) -> dict[str, Any] | None:
    """What is in force in one scope."""
    with ledger.works.begin() as work:
        rows = rows_in_force(work, RULES[rule], day)
    found = [row for row in rows if scope.items() <= row.items()]
    assert len(found) <= 1
    return RULES[rule].said_by(found[0]) if found else None


def count(ledger: Ledger, table: str) -> int:
    return ledger.fetch(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608


def typed(row: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in row.items()}


def _once(
    ledger: Ledger, by: str, call: Command, usecase: Any, request: dict[str, Any], request_id: str | None = None
) -> dict[str, Any]:
    loaded = call.load_request({"request_id": request_id or new_id("req"), **request})
    return ledger.by(by).works.once(call, usecase, loaded)
