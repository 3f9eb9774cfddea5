"""A ledger whose clock stands in the past: what is booked as expired must be over by the database's clock, too."""

from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from services.chassis.clock import CHINA
from services.chassis.ids import new_id
from services.chassis.testkit import emitted, owner_of
from services.points import contract
from services.points.usecases.expire_points import expire_points
from services.points.usecases.list_statement import list_statement
from services.points.usecases.notify_expiring import notify_expiring
from tests.integration.points.story import Ledger

LAST_DAY, NEXT_DAY = date(2024, 12, 31), date(2025, 1, 1)
NOTHING = {"chunks": 0, "wallets": 0, "buckets": 0, "points": 0, "coins": 0, "skipped": 0}
_SET = sa.text("""
    INSERT INTO ledger_setting (name, value, effective_from, actor) VALUES (:name, :value, '2001-01-01', 'migration')
""")
_BOOKED = """
    SELECT entry.expires_on, -sum(entry.amount) FROM entry JOIN journal ON journal.id = entry.journal_id
    JOIN account ON account.id = entry.account_id
    WHERE journal.kind = 'expiry' AND account.kind = 'wallet' AND account.owner = :member_id AND account.unit = :unit
    GROUP BY entry.expires_on
"""
_GRANT = """
    WITH wallet AS (
        INSERT INTO account (unit, kind, owner, posted, lifetime, version)
        VALUES (:unit, 'wallet', :owner, :points, :points, 1)
        ON CONFLICT (unit, kind, owner) DO UPDATE
        SET posted = account.posted + :points, lifetime = account.lifetime + :points, version = account.version + 1
        RETURNING id
    ), filled AS (
        INSERT INTO bucket (account_id, pool, expires_on, remaining) SELECT id, :pool, :last_day, :points FROM wallet
    ), booked AS (
        INSERT INTO journal (id, idem, kind, fingerprint, source, happened_at, channel, actor, result)
        VALUES (draw_journal_id(), :idem, 'accrual', '', 'campaign', :now, 'ops', 'test', '{}') RETURNING id
    )
    INSERT INTO entry (journal_id, seq, account_id, unit, amount, pool, expires_on)
    SELECT booked.id, 1, wallet.id, :unit, :points, CAST(:pool AS smallint), CAST(:last_day AS date) FROM booked, wallet
    UNION ALL
    SELECT booked.id, 0, account.id, :unit, -:points, NULL, NULL FROM booked, account
    WHERE account.unit = :unit AND account.owner = 'issue:campaign'
"""


class ExpiryLedger(Ledger):
    """Points of campaigns live to the end of the year; those of check-ins for a month, to the day."""

    def __init__(self, engine: sa.Engine, rpc: Any = None) -> None:
        super().__init__(engine, rpc)
        self.policy("campaign", "end_of_year", 0)
        self.policy("check_in", "fixed_months", 1, "none")
        self.policy("survey", "end_of_year", 1)
        self.at(date(2024, 12, 20))

    def at(self, day: date, hour: int = 12, minute: int = 0) -> None:
        """Sets the clock, in China."""
        self.clock.instant = datetime.combine(day, time(hour, minute), CHINA)

    def set(self, name: str, value: int) -> None:
        with owner_of(self.engine).begin() as owner:
            owner.execute(_SET, {"name": name, "value": value})

    def grant(self, member_id: str, points: int, last_day: date, pool: int = 0, unit: str = "PTS") -> None:
        """Points of a bucket that is not there yet, booked as the ledger would, without a policy."""
        bucket = {"last_day": last_day, "pool": pool, "unit": unit}
        fact = {"owner": member_id, "points": points, "idem": new_id("req"), "now": self.clock.now()}
        self.execute(_GRANT, **bucket, **fact)

    def spend(self, member_id: str, points: int) -> str:
        order_id = new_id("ord")
        self.hold(member_id, points, order_id)
        self.capture(order_id)
        return order_id

    def expire(self, **options: Any) -> dict[str, int]:
        return expire_points(self.works, **options)

    def notify(self, **options: Any) -> int:
        return notify_expiring(self.works, **options)

    def booked(self, member_id: str, unit: str = "PTS") -> dict[str, int]:
        """Points booked as expired, by their last day."""
        rows = self.fetch(_BOOKED, member_id=member_id, unit=unit)
        return {day.isoformat(): int(points) for day, points in rows}

    def buckets(self, member_id: str) -> dict[str, tuple[int, int]]:
        """(remaining, held) by last day."""
        rows = self.fetch(
            "SELECT expires_on, remaining, bucket.held FROM bucket JOIN account ON account.id = account_id"
            " WHERE owner = :owner ORDER BY 1",
            owner=member_id,
        )
        return {day.isoformat(): (remaining, held) for day, remaining, held in rows}

    def statement(self, member_id: str) -> list[dict[str, Any]]:
        return self.ask(contract.LIST_STATEMENT, list_statement, {"member_id": member_id})["lines"]

    def lost(self, member_id: str) -> list[dict[str, Any]]:
        """The postings of points.expired that tell of the member."""
        told = [event["data"] for event in emitted(self.engine, contract.POINTS_EXPIRED)]
        return [
            one | {"on": data["expires_on"]}
            for data in told
            for one in data["postings"]
            if one["member_id"] == member_id
        ]

    def noticed(self, member_id: str) -> list[tuple[str, int, int]]:
        """(last day, days before, points) of every notice that the member was given."""
        told = [event["data"] for event in emitted(self.engine, contract.POINTS_EXPIRING)]
        return [
            (data["expires_on"], data["days_before"], one["points"])
            for data in told
            for one in data["postings"]
            if one["member_id"] == member_id
        ]
