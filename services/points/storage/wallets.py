"""The balance on a wallet's row."""

from collections.abc import Collection
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
                       owed = owed + :owed, version = version + 1
    WHERE id = :id
    RETURNING {_AVAILABLE} AS available, version
""")  # noqa: S608 — the inserted text is the constant above
_BALANCE = sa.text(f"""
    SELECT {_AVAILABLE} AS available, held, lifetime, owed, (
        SELECT coalesce(json_agg(json_build_array(expires_on, points) ORDER BY expires_on), '[]')
        FROM (SELECT expires_on, sum(remaining - held) AS points FROM bucket
              WHERE account_id = account.id AND remaining > held AND expires_on >= :today AND expires_on < :never
              GROUP BY expires_on) AS expiring
    ) AS expiring
    FROM account WHERE unit = :unit AND kind = 'wallet' AND owner = :member_id
""")  # noqa: S608
_STATES = sa.text(f"""
    SELECT unit, {_AVAILABLE} AS available, held, owed FROM account
    WHERE unit IN ('PTS', 'COIN') AND kind = 'wallet' AND owner = :member_id ORDER BY id
""")  # noqa: S608
_ID = sa.text("SELECT id FROM account WHERE unit = :unit AND kind = 'wallet' AND owner = :member_id")
_WITHOUT = sa.text("""
    SELECT member_id FROM unnest(CAST(:member_ids AS text[])) AS wanted (member_id) WHERE NOT EXISTS (
        SELECT FROM account WHERE unit = :unit AND kind = 'wallet' AND owner = wanted.member_id)
""")


@dataclass(frozen=True)
class Balance:
    """After a change. ``version`` counts the changes of the wallet."""

    available: int
    version: int


def change_wallet(
    work: Work, account_id: int, today: date, *, posted: int = 0, held: int = 0, lifetime: int = 0, owed: int = 0
) -> Balance:
    """Adds the signed amounts; what the wallet cannot cover breaks a CHECK, and with it the transaction."""
    amounts = {"posted": posted, "held": held, "lifetime": lifetime, "owed": owed}
    row = work.execute(_CHANGE, {"id": account_id, "today": today, **amounts}).one()
    return Balance(int(row.available), row.version)


def find_balance(
    work: Work, member_id: str, unit: str, today: date, never: date, now: datetime
) -> dict[str, Any] | None:
    """The contract's Balance by one statement, hence of one moment; None if there is no such wallet."""
    values = {"member_id": member_id, "unit": unit, "today": today, "never": never}
    row = work.execute(_BALANCE, values).one_or_none()
    if row is None:
        return None
    return {
        "member_id": member_id,
        "unit": unit,
        "available": int(row.available),
        "held": row.held,
        "earned_in_all": row.lifetime,
        "owed": row.owed,
        "expiring": [{"expires_on": day, "points": points} for day, points in row.expiring],
        "as_of": now,
    }


def find_wallet_id(work: Work, member_id: str, unit: str) -> int | None:
    return work.execute(_ID, {"member_id": member_id, "unit": unit}).scalar_one_or_none()


def wallet_states(work: Work, member_id: str, today: date) -> list[dict[str, Any]]:
    """The contract's WalletState of every unit that the member has a wallet of, the oldest first."""
    rows = work.execute(_STATES, {"member_id": member_id, "today": today}).mappings()
    return [{**row, "available": int(row["available"])} for row in rows]


def without_wallet(work: Work, member_ids: Collection[str], unit: str) -> list[str]:
    """Those of ``member_ids`` that have no wallet of ``unit``."""
    return list(work.execute(_WITHOUT, {"member_ids": list(member_ids), "unit": unit}).scalars())
