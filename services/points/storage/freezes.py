"""Freezes by ops: who froze whom and why, and who lifted it. Both are written once and never changed."""

from typing import Any, NamedTuple

import sqlalchemy as sa

from services.chassis.data.answers import AnsweredMeanwhile
from services.chassis.data.work import Work

_FREEZE = sa.text("""
    INSERT INTO account_freeze (id, member_id, reason, actor, created_at)
    VALUES (:id, :member_id, :reason, :actor, :now) ON CONFLICT DO NOTHING
""")
_LIFT = sa.text("""
    INSERT INTO account_unfreeze (freeze_id, reason, actor, created_at)
    VALUES (:freeze_id, :reason, :actor, :now) ON CONFLICT DO NOTHING
""")
_OWNER = sa.text("SELECT member_id FROM account_freeze WHERE id = :id")
_OF_MEMBER = sa.text("""
    SELECT account_freeze.id AS freeze_id, account_freeze.reason, account_freeze.actor AS frozen_by,
           account_freeze.created_at AS frozen_at, lifted.reason AS lifted_because, lifted.actor AS lifted_by,
           lifted.created_at AS lifted_at
    FROM account_freeze LEFT JOIN account_unfreeze AS lifted ON lifted.freeze_id = account_freeze.id
    WHERE member_id = :member_id ORDER BY account_freeze.created_at DESC, account_freeze.id
""")
_COUNT = sa.text("""
    SELECT count(*) + count(lifted.freeze_id) FROM account_freeze
    LEFT JOIN account_unfreeze AS lifted ON lifted.freeze_id = account_freeze.id WHERE member_id = :member_id
""")
_STATE = sa.text("""
    SELECT holder.state, account.status FROM holder
    JOIN account ON account.owner = holder.member_id AND account.kind = 'wallet' AND account.unit = 'PTS'
    WHERE holder.member_id = :member_id
""")


class AccountState(NamedTuple):
    """``state`` of the member as members tells it; ``status`` of the wallets, "open" or "frozen"."""

    state: str
    status: str


def note_freeze(work: Work, freeze_id: str, member_id: str, reason: str) -> None:
    """The id follows from the request: a rival with the same one makes this attempt start again."""
    values = {"id": freeze_id, "member_id": member_id, "reason": reason}
    if work.execute(_FREEZE, {**values, "actor": work.context.actor, "now": work.now}).rowcount == 0:
        raise AnsweredMeanwhile(freeze_id)


def note_lifted(work: Work, freeze_id: str, reason: str) -> bool:
    """False if it was lifted before."""
    values = {"freeze_id": freeze_id, "reason": reason, "actor": work.context.actor, "now": work.now}
    return work.execute(_LIFT, values).rowcount == 1


def member_of_freeze(work: Work, freeze_id: str) -> str | None:
    return work.execute(_OWNER, {"id": freeze_id}).scalar_one_or_none()


def freezes_of(work: Work, member_id: str) -> list[dict[str, Any]]:
    """Newest first, lifted ones too: the contract's Freeze."""
    return [dict(row) for row in work.execute(_OF_MEMBER, {"member_id": member_id}).mappings()]


def count_of(work: Work, member_id: str) -> int:
    """How often the member was frozen and unfrozen in all: it orders the news of it. The member's state is locked."""
    return int(work.execute(_COUNT, {"member_id": member_id}).scalar_one())


def account_state(work: Work, member_id: str) -> AccountState | None:
    """None for who has no account."""
    row = work.execute(_STATE, {"member_id": member_id}).one_or_none()
    return None if row is None else AccountState(row.state, row.status)
