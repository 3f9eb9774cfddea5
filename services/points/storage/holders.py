"""Members as the ledger knows them, and their accounts. A holder's row is where events about one member meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.points.storage.locks import lock_wallets_of_member

_MEMBERS = """
    unnest(CAST(:member_ids AS text[]), CAST(:subscriber_nos AS text[]), CAST(:states AS text[]),
           CAST(:enrolled_at AS timestamptz[])) AS new (member_id, subscriber_no, state, enrolled_at)
"""
# Sorted, so that two batches with the same members wait for each other instead of deadlocking.
_REGISTER = sa.text(f"""
    INSERT INTO holder (member_id, subscriber_no, state, state_sequence, state_at)
    SELECT member_id, subscriber_no, state, 0, enrolled_at FROM {_MEMBERS} ORDER BY member_id
    ON CONFLICT (member_id) DO UPDATE SET subscriber_no = coalesce(holder.subscriber_no, excluded.subscriber_no)
""")  # noqa: S608 — the inserted text is the constant above
_TAKEN = sa.text("""
    SELECT subscriber_no, member_id FROM holder WHERE subscriber_no = ANY(CAST(:subscriber_nos AS text[]))
""")
_OPEN = sa.text("""
    WITH opened AS (
        INSERT INTO account (unit, kind, owner, status)
        SELECT 'PTS', 'wallet', member_id, CASE state WHEN 'active' THEN 'open' ELSE 'frozen' END
        FROM holder WHERE member_id = ANY(CAST(:member_ids AS text[])) ORDER BY member_id
        ON CONFLICT ON CONSTRAINT account_of_owner DO NOTHING
        RETURNING id, owner, status = 'frozen' AS frozen
    ), known AS (
        UPDATE holder SET wallet_id = opened.id FROM opened WHERE holder.member_id = opened.owner
    )
    SELECT id, owner, frozen FROM opened
""")
_OPEN_BESIDE = sa.text("""
    INSERT INTO account (unit, kind, owner, status)
    SELECT :unit, 'wallet', owner, status FROM account
    WHERE unit = 'PTS' AND kind = 'wallet' AND owner = ANY(CAST(:member_ids AS text[])) ORDER BY owner
    ON CONFLICT ON CONSTRAINT account_of_owner DO NOTHING
""")
_FOLLOW = sa.text("""
    INSERT INTO holder (member_id, state, state_sequence, state_at) VALUES (:member_id, :state, :sequence, :at)
    ON CONFLICT (member_id) DO UPDATE
        SET state = excluded.state, state_sequence = excluded.state_sequence, state_at = excluded.state_at
        WHERE (holder.state_sequence, holder.state_at) < (excluded.state_sequence, excluded.state_at)
""")
_SETTLE = sa.text("""
    UPDATE account SET status = due.status, version = version + 1
    FROM (SELECT CASE WHEN state = 'active' AND NOT EXISTS (
                     SELECT FROM account_freeze WHERE account_freeze.member_id = holder.member_id
                     AND NOT EXISTS (SELECT FROM account_unfreeze WHERE freeze_id = account_freeze.id)
                 ) THEN 'open' ELSE 'frozen' END AS status
          FROM holder WHERE member_id = :member_id) AS due
    WHERE unit IN ('PTS', 'COIN') AND kind = 'wallet' AND owner = :member_id AND account.status <> due.status
""")


@dataclass(frozen=True)
class OpenedAccount:
    id: int
    member_id: str
    frozen: bool


def numbers_of_others(work: Work, members: Sequence[dict[str, Any]]) -> set[str]:
    """Subscriber numbers of ``members`` that another member has already."""
    owner = {member["subscriber_no"]: member["member_id"] for member in members if member["subscriber_no"]}
    rows = work.execute(_TAKEN, {"subscriber_nos": list(owner)})
    return {row.subscriber_no for row in rows if owner[row.subscriber_no] != row.member_id}


def register_holders(work: Work, members: Sequence[dict[str, Any]]) -> None:
    """Cards of members.enrolled; who is known keeps state and number, and gets a number if there was none."""
    work.execute(
        _REGISTER,
        {
            "member_ids": [member["member_id"] for member in members],
            "subscriber_nos": [member["subscriber_no"] for member in members],
            "states": [member["state"] for member in members],
            "enrolled_at": [member["enrolled_at"] for member in members],
        },
    )


def open_wallets(work: Work, member_ids: Sequence[str]) -> list[OpenedAccount]:
    """Wallets of holders that had none; in the order of the member ids."""
    rows = work.execute(_OPEN, {"member_ids": list(member_ids)})
    return sorted((OpenedAccount(row.id, row.owner, row.frozen) for row in rows), key=lambda opened: opened.member_id)


def open_wallets_beside(work: Work, member_ids: Sequence[str], unit: str) -> None:
    """Wallets of another unit for those who have one of points and none of that, as frozen as that of points."""
    work.execute(_OPEN_BESIDE, {"member_ids": list(member_ids), "unit": unit})


def follow_state(work: Work, member_id: str, state: str, sequence: int, at: datetime) -> bool:
    """False if a newer state is known already."""
    values = {"member_id": member_id, "state": state, "sequence": sequence, "at": at}
    return work.execute(_FOLLOW, values).rowcount == 1


def settle_account_status(work: Work, member_id: str) -> None:
    """Open is who is active and not frozen by ops. For who has locked the member's state."""
    lock_wallets_of_member(work, member_id)
    work.execute(_SETTLE, {"member_id": member_id})
