"""Members as the ledger knows them, and their accounts. A holder's row is where events about one member meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

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
    INSERT INTO account (unit, kind, owner, status)
    SELECT 'PTS', 'wallet', member_id, CASE state WHEN 'active' THEN 'open' ELSE 'frozen' END
    FROM holder WHERE member_id = ANY(CAST(:member_ids AS text[])) ORDER BY member_id
    ON CONFLICT ON CONSTRAINT account_of_owner DO NOTHING
    RETURNING id, owner, status = 'frozen' AS frozen
""")
_FOLLOW = sa.text("""
    INSERT INTO holder (member_id, state, state_sequence, state_at) VALUES (:member_id, :state, :sequence, :at)
    ON CONFLICT (member_id) DO UPDATE
        SET state = excluded.state, state_sequence = excluded.state_sequence, state_at = excluded.state_at
        WHERE (holder.state_sequence, holder.state_at) < (excluded.state_sequence, excluded.state_at)
""")
_SET_STATUS = sa.text("""
    UPDATE account SET status = :status, version = version + 1
    WHERE kind = 'wallet' AND owner = :member_id AND status <> :status
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


def follow_state(work: Work, member_id: str, state: str, sequence: int, at: datetime) -> bool:
    """False if a newer state is known already."""
    values = {"member_id": member_id, "state": state, "sequence": sequence, "at": at}
    return work.execute(_FOLLOW, values).rowcount == 1


def set_account_status(work: Work, member_id: str, status: str) -> None:
    work.execute(_SET_STATUS, {"member_id": member_id, "status": status})
