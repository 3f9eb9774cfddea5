"""Keys of staff, by their hash."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

_ISSUE = sa.text("""
    INSERT INTO staff_key (key_id, name, roles, merchant_id, place_id, token_hash, issued_by, issued_at, expires_at)
    VALUES (:key_id, :name, :roles, :merchant_id, :place_id, :token_hash, :issued_by, :issued_at, :expires_at)
""")
_CHECK = sa.text("""
    SELECT key_id, name, roles, merchant_id, place_id FROM staff_key
    WHERE token_hash = :token_hash AND revoked_at IS NULL AND expires_at > :now
""")
_ALL = sa.text("""
    SELECT key_id, name, roles, merchant_id, place_id, issued_by, issued_at, expires_at, revoked_by, revoked_at
    FROM staff_key
    ORDER BY issued_at, key_id
""")
_REVOKE = sa.text("""
    UPDATE staff_key SET revoked_at = :now, revoked_by = :actor WHERE key_id = :key_id AND revoked_at IS NULL
""")
_KNOWN = sa.text("SELECT true FROM staff_key WHERE key_id = :key_id")


def add_key(work: Work, key: dict[str, Any], token_hash: bytes, expires_at: datetime) -> None:
    """``key``: key_id, name, roles, merchant_id, place_id."""
    issue = {"issued_by": work.context.actor, "issued_at": work.now, "expires_at": expires_at}
    work.execute(_ISSUE, {**key, **issue, "token_hash": token_hash})


def check_key(work: Work, token_hash: bytes) -> dict[str, Any] | None:
    """{"key_id", "name", "roles", "merchant_id", "place_id"} of a key that is good now."""
    row = work.execute(_CHECK, {"token_hash": token_hash, "now": work.now}).one_or_none()
    return None if row is None else dict(row._mapping)


def all_keys(work: Work) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in work.execute(_ALL)]


def revoke_key(work: Work, key_id: str) -> bool:
    """False if there is no such key; the first revocation stays."""
    values = {"key_id": key_id, "now": work.now, "actor": work.context.actor}
    return work.execute(_REVOKE, values).rowcount == 1 or work.execute(_KNOWN, {"key_id": key_id}).first() is not None
