"""The balance on a wallet's row."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

# The bucket changes of this transaction come before this statement, so that ``available`` counts them.
_AVAILABLE = """
    posted - held - (SELECT coalesce(sum(remaining - held), 0) FROM bucket
                     WHERE account_id = account.id AND expires_on < :today)
"""
_CHANGE = sa.text(f"""
    UPDATE account SET posted = posted + :posted, held = held + :held, lifetime = lifetime + :lifetime,
                       version = version + 1
    WHERE id = :id
    RETURNING {_AVAILABLE} AS available, version
""")  # noqa: S608 — the inserted text is the constant above
_BALANCE = sa.text(f"""
    SELECT {_AVAILABLE} AS available, held, lifetime, (
        SELECT coalesce(json_agg(json_build_array(expires_on, points) ORDER BY expires_on), '[]')
        FROM (SELECT expires_on, sum(remaining - held) AS points FROM bucket
              WHERE account_id = account.id AND remaining > held AND expires_on >= :today AND expires_on < :never
              GROUP BY expires_on) AS expiring
    ) AS expiring
    FROM account WHERE unit = 'PTS' AND kind = 'wallet' AND owner = :member_id
""")  # noqa: S608
_ID = sa.text("SELECT id FROM account WHERE unit = 'PTS' AND kind = 'wallet' AND owner = :member_id")


@dataclass(frozen=True)
class Balance:
    """After a change. ``version`` counts the changes of the wallet."""

    available: int
    version: int


def change_wallet(
    work: Work, account_id: int, today: date, *, posted: int = 0, held: int = 0, lifetime: int = 0
) -> Balance:
    """Adds the signed amounts; what the wallet cannot cover breaks a CHECK, and with it the transaction."""
    amounts = {"id": account_id, "today": today, "posted": posted, "held": held, "lifetime": lifetime}
    row = work.execute(_CHANGE, amounts).one()
    return Balance(int(row.available), row.version)


def find_balance(work: Work, member_id: str, today: date, never: date, now: datetime) -> dict[str, Any] | None:
    """One statement, hence one moment: {"member_id", "available", "held", "earned_in_all", "expiring", "as_of"}."""
    row = work.execute(_BALANCE, {"member_id": member_id, "today": today, "never": never}).one_or_none()
    if row is None:
        return None
    return {
        "member_id": member_id,
        "available": int(row.available),
        "held": row.held,
        "earned_in_all": row.lifetime,
        "expiring": [{"expires_on": day, "points": points} for day, points in row.expiring],
        "as_of": now,
    }


def find_wallet_id(work: Work, member_id: str) -> int | None:
    return work.execute(_ID, {"member_id": member_id}).scalar_one_or_none()
