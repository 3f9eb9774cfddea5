"""Sessions: reference tokens by their hash."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.members.contract import LARGEST_SEGMENTS
from services.members.storage.tables import session

# One statement answers a check; it writes only when the last writing is older than a minute.
_CHECK = sa.text(
    """
    WITH found AS (
        SELECT s.session_id, s.last_seen_at, m.member_id, m.state, m.tier, m.language
        FROM session s JOIN member m USING (member_id)
        WHERE s.token_hash = :token_hash AND s.revoked_at IS NULL AND s.expires_at > :now
          AND s.last_seen_at > :idle_since AND m.state <> 'cancelled'
    ), seen AS (
        UPDATE session SET last_seen_at = :now FROM found
        WHERE session.session_id = found.session_id AND session.last_seen_at <= :seen_before
    )
    SELECT session_id, member_id, state, tier, language, ARRAY(
        SELECT DISTINCT segment FROM segment_member s
        WHERE s.member_id = found.member_id AND begins_at <= :now AND (ends_at IS NULL OR ends_at > :now)
        ORDER BY segment LIMIT :most_segments
    ) AS segments FROM found
    """
)


def check_token(work: Work, token_hash: bytes, idle_s: int, seen_every_s: int) -> Any | None:
    """The live session of a token with its member's state, tier, language and segments."""
    values = {
        "token_hash": token_hash,
        "now": work.now,
        "idle_since": work.now - timedelta(seconds=idle_s),
        "seen_before": work.now - timedelta(seconds=seen_every_s),
        "most_segments": LARGEST_SEGMENTS,
    }
    return work.execute(_CHECK, values).one_or_none()


def add_session(work: Work, row: dict[str, Any]) -> bool:
    """False if another sign-in has this request id."""
    statement = insert(session).values(row).on_conflict_do_nothing(index_elements=["request_id"])
    return bool(work.execute(statement).rowcount)


def find_session(work: Work, request_id: str, code_id: str) -> Any | None:
    """The session that this request opened with this code."""
    statement = sa.select(session).where(session.c.request_id == request_id, session.c.code_id == code_id)
    return work.execute(statement).one_or_none()


def live_sessions(work: Work, member_id: str, idle_s: int) -> list[Any]:
    """Newest first."""
    statement = (
        sa.select(session)
        .where(
            session.c.member_id == member_id,
            session.c.revoked_at.is_(None),
            session.c.expires_at > work.now,
            session.c.last_seen_at > work.now - timedelta(seconds=idle_s),
        )
        .order_by(session.c.started_at.desc(), session.c.session_id.desc())
    )
    return list(work.execute(statement).all())


def revoke(work: Work, member_id: str, session_id: str) -> bool:
    """False if the member has no such session. The first revocation's time stays."""
    statement = (
        sa.update(session)
        .where(session.c.member_id == member_id, session.c.session_id == session_id)
        .values(revoked_at=sa.func.coalesce(session.c.revoked_at, work.now))
    )
    return bool(work.execute(statement).rowcount)


def revoke_all(work: Work, member_id: str) -> int:
    statement = sa.update(session).where(session.c.member_id == member_id, session.c.revoked_at.is_(None))
    return work.execute(statement.values(revoked_at=work.now)).rowcount
