"""A ledger of its own for each test of the liability: what is closed is closed for the whole database."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.points import contract
from services.points.domain.liability.months import Month
from services.points.usecases.close_month import close_month, parts_that_differ
from services.points.usecases.expire_points import expire_points
from services.points.usecases.report_liability import draft_liability_reports, get_liability_report, report_liability
from tests.integration.points.story import Ledger

LINES = ("opening", "deferred", "moved", "undone", "redeemed", "expired", "re_estimated", "closing")


def line(**amounts: int) -> dict[str, int]:
    return dict.fromkeys(LINES, 0) | amounts


class Books:
    """A ledger whose past days can be lived again: what happens then is booked now."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        ledger.policy("campaign", "fixed_months", 1)  # to the end of the next month; bills live for three years

    def on(self, day: str) -> Ledger:
        """Noon of that day in China."""
        self.ledger.clock.instant = datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=UTC)
        return self.ledger

    def spend(self, day: str, member_id: str, points: int) -> str:
        order_id = new_id("ord")
        self.on(day).hold(member_id, points, order_id)
        self.ledger.capture(order_id)
        return order_id

    def expire(self, day: str) -> int:
        return expire_points(self.on(day).works)["points"]

    def report(self, month: str) -> dict[str, Any]:
        return report_liability(self.ledger.works, Month.parse(month))

    def close(self, month: str, on: str | None = None) -> dict[str, Any]:
        self.on(on or str(Month.parse(month).later(1).first_day))
        return close_month(self.ledger.works, Month.parse(month))

    def again(self, month: str) -> list[str]:
        return parts_that_differ(self.ledger.works, Month.parse(month))

    def draft(self) -> None:
        draft_liability_reports(self.ledger.works)

    def published(self, month: str) -> dict[str, Any]:
        """As the door answers it."""
        answer = self.ledger.ask(contract.GET_LIABILITY_REPORT, get_liability_report, {"month": month})
        return contract.GET_LIABILITY_REPORT.dump_reply(answer)

    def wallets(self, unit: str = "PTS") -> int:
        query = "SELECT coalesce(sum(posted), 0) FROM account WHERE kind = 'wallet' AND unit = :unit"
        return int(self.ledger.fetch(query, unit=unit)[0][0])


def unit_of(report: dict[str, Any], unit: str = "PTS") -> dict[str, Any]:
    return next(row for row in report["units"] if row["unit"] == unit)


def fen_of(report: dict[str, Any], unit: str = "PTS") -> dict[str, int]:
    return unit_of(report, unit)["fen"]


def moves_of(report: dict[str, Any], unit: str = "PTS") -> dict[str, tuple[int, int]]:
    return {row["kind"]: (row["came"], row["went"]) for row in unit_of(report, unit)["points"]["movements"]}


def january_of(ledger: Ledger) -> Books:
    """500 points of a referral, 200 of them spent."""
    books = Books(ledger)
    books.on("2026-01-10")
    member = ledger.member()
    ledger.accrue(member, 500, "referral")
    books.spend("2026-01-11", member, 200)
    return books


def refusal_of(call: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code
