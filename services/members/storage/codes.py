"""Sign-in codes: one current challenge a number. The code itself is never here, only its keyed hash."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.members.storage.tables import sign_in_code as code


def find_code_of_request(work: Work, request_id: str) -> Any | None:
    return work.execute(sa.select(code).where(code.c.request_id == request_id)).one_or_none()


def find_current_code(work: Work, phone: str) -> Any | None:
    return work.execute(sa.select(code).where(code.c.phone == phone, code.c.replaced_at.is_(None))).one_or_none()


def replace_code(work: Work, row: dict[str, Any]) -> Any | None:
    """The new challenge in place of the number's current one; None if another number's request has the same id."""
    current = sa.update(code).where(code.c.phone == row["phone"], code.c.replaced_at.is_(None))
    work.execute(current.values(replaced_at=work.now))
    added = insert(code).values(row).on_conflict_do_nothing(index_elements=["request_id"]).returning(code)
    return work.execute(added).one_or_none()


def renew_code(work: Work, stalled: Any, code_hash: bytes, expires_at: datetime) -> Any | None:
    """Another code under a request whose sending never ended; None if it has ended meanwhile."""
    statement = (
        sa.update(code)
        .where(code.c.code_id == stalled.code_id, code.c.sends == stalled.sends, _is_open())
        .values(code_hash=code_hash, requested_at=work.now, expires_at=expires_at, sends=code.c.sends + 1)
        .returning(code)
    )
    return work.execute(statement).one_or_none()


def mark_sent(work: Work, code_id: str, sends: int) -> bool:
    statement = sa.update(code).where(code.c.code_id == code_id, code.c.sends == sends, code.c.voided_at.is_(None))
    return bool(work.execute(statement.values(sent_at=work.now)).rowcount)


def void_code(work: Work, code_id: str, sends: int) -> bool:
    statement = sa.update(code).where(code.c.code_id == code_id, code.c.sends == sends, _is_open())
    return bool(work.execute(statement.values(voided_at=work.now)).rowcount)


def take_try(work: Work, phone: str, guess: bytes, most: int) -> Any | None:
    """Count one guess at the number's current code and return it; None if there is none to guess at.

    One conditional update, so guesses at the same time are counted one by one. The very guess that came last is not
    counted again: it is a retry and tells the guesser nothing new.
    """
    again = sa.func.coalesce(code.c.last_guess == guess, sa.false())
    statement = (
        sa.update(code)
        .where(
            code.c.phone == phone,
            code.c.replaced_at.is_(None),
            code.c.voided_at.is_(None),
            code.c.expires_at > work.now,
            sa.or_(code.c.tries < most, again),
        )
        .values(tries=code.c.tries + sa.case((again, 0), else_=1), last_guess=guess)
        .returning(code)
    )
    return work.execute(statement).one_or_none()


def mark_used(work: Work, code_id: str) -> bool:
    statement = sa.update(code).where(code.c.code_id == code_id, code.c.used_at.is_(None))
    return bool(work.execute(statement.values(used_at=work.now)).rowcount)


def _is_open() -> Any:
    return sa.and_(code.c.sent_at.is_(None), code.c.voided_at.is_(None), code.c.used_at.is_(None))
