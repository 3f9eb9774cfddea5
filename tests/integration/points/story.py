"""What the points tests share: the use cases in words, members with accounts, requests with fresh ids."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.data.work import Works
from services.chassis.ids import new_id
from services.chassis.testkit import event_of, works_on
from services.members import contract as members
from services.points.usecases.accrue_points import accrue_points
from services.points.usecases.capture_hold import capture_hold
from services.points.usecases.check_invariants import check_invariants
from services.points.usecases.get_balance import get_balance
from services.points.usecases.hold_points import hold_points
from services.points.usecases.open_accounts import open_accounts
from services.points.usecases.refund_points import refund_points
from services.points.usecases.release_hold import release_hold

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


class Ledger:
    """The use cases in words, on one database."""

    def __init__(self, engine: sa.Engine, rpc: Any = None) -> None:
        self.engine, self.clock = engine, FixedClock(NOON)
        self.works: Works = works_on(engine, clock=self.clock, rpc=rpc)

    def member(self, points: int = 0, state: str = "active", subscriber_no: str | None = None) -> str:
        """A member imported from the operator (no sign-up bonus), with ``points`` from a campaign."""
        member_id = new_id("mbr")
        self.enrol(card(member_id, state=state, subscriber_no=subscriber_no))
        if points:
            self.accrue(member_id, points)
        return member_id

    def enrol(self, *cards: dict[str, Any], event_id: str | None = None) -> bool:
        event = event_of(members.MEMBERS_ENROLLED, cards[0]["member_id"], {"members": list(cards)}, event_id=event_id)
        return self.works.apply(event, open_accounts)

    def accrue(self, member_id: str, points: int, source: str = "campaign", **more: Any) -> dict[str, Any]:
        request = {"member_id": member_id, "points": points, "source": source, "reference": "spring"}
        return self._run(accrue_points, request, more)

    def hold(self, member_id: str, points: int, order_id: str | None = None, **more: Any) -> dict[str, Any]:
        request = {"order_id": order_id or new_id("ord"), "member_id": member_id, "points": points}
        return self._run(hold_points, request | {"expires_in_s": 900}, more)

    def capture(self, order_id: str, **more: Any) -> dict[str, Any]:
        return self._run(capture_hold, {"order_id": order_id}, more)

    def release(self, order_id: str, **more: Any) -> dict[str, Any]:
        return self._run(release_hold, {"order_id": order_id, "reason": "changed_mind"}, more)

    def refund(self, order_id: str, points: int, **more: Any) -> dict[str, Any]:
        return self._run(refund_points, {"order_id": order_id, "points": points, "reason": "returned"}, more)

    def balance(self, member_id: str) -> dict[str, Any]:
        return self.works.run(get_balance, {"member_id": member_id})

    def available(self, member_id: str) -> int:
        return self.balance(member_id)["available"]

    def breaches(self) -> list[dict[str, Any]]:
        with self.works.begin() as work:
            return [check for check in check_invariants(work) if not check["ok"]]

    def execute(self, statement: str, **parameters: Any) -> sa.CursorResult:
        with self.engine.begin() as connection:
            return connection.execute(sa.text(statement), parameters)

    def fetch(self, statement: str, **parameters: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(sa.text(statement), parameters)]

    def end_time_of(self, order_id: str) -> None:
        self.execute("UPDATE hold SET expires_at = now() - interval '1 second' WHERE id = :id", id=order_id)

    def policy(self, source: str, rule: str, amount: int = 0) -> None:
        self.execute(
            "INSERT INTO expiry_policy (source, rule, amount, effective_from, actor)"
            " VALUES (:source, :rule, :amount, '2001-01-01', 'test')",
            source=source, rule=rule, amount=amount,
        )  # fmt: skip

    def _run(self, usecase: Any, request: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(usecase, {"request_id": new_id("req"), **request, **more})


def card(member_id: str, **more: Any) -> dict[str, Any]:
    """A member's card as members publishes it."""
    return {
        "member_id": member_id,
        "subscriber_no": None,
        "phone": "+8613800000000",
        "email": None,
        "name": None,
        "language": "zh",
        "state": "active",
        "tier": "registered",
        "channel": "import",
        "enrolled_at": NOON,
    } | more
