"""What tests of rules share: rules changed as ops change them, and what is in force on a day."""

from datetime import date, timedelta
from typing import Any

from services.points.domain.rules import RULES
from services.points.storage.rule_rows import rows_in_force
from services.points.usecases.set_rule import set_rule
from tests.integration.points.story import Ledger

TODAY, TOMORROW, LATER = (date(2026, 11, 20) + timedelta(days) for days in (0, 1, 30))
LIMITS = {"smallest": 10, "largest": 5_000, "points_a_day": 10_000, "points_a_month": 50_000, "gifts_a_day": 10}
PTS_FOR_COINS = {"from_unit": "PTS", "to_unit": "COIN"}
PAID = {"unit": "PTS", "source": "bill"}


def change(ledger: Ledger, rule: str, since: date = TOMORROW, dry_run: bool = False, **fields: str) -> dict[str, Any]:
    request = {"rule": rule, "fields": fields, "effective_from": since, "dry_run": dry_run}
    return ledger.works.run(set_rule, request)


def said(ledger: Ledger, rule: str, day: date, **scope: str) -> dict[str, Any] | None:
    """What is in force in one scope."""
    with ledger.works.begin() as work:
        rows = rows_in_force(work, RULES[rule], day)
    found = [row for row in rows if scope.items() <= row.items()]
    assert len(found) <= 1
    return RULES[rule].said_by(found[0]) if found else None


def count(ledger: Ledger, rule: str) -> int:
    return ledger.fetch(f"SELECT count(*) FROM {rule}")[0][0]  # noqa: S608
