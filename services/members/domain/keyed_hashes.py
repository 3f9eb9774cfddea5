"""Keyed hashes with the pepper: what a stolen database alone does not give away.

A code has only a million values and a session token must be derivable again for a retried request, so neither is
safe under a plain hash.
"""

import base64
import hashlib
import hmac


def code_hash(pepper: str, code_id: str, phone: str, code: str) -> bytes:
    """Bound to one challenge and one number: the same six digits elsewhere hash to something else."""
    return _keyed(pepper, "sign-in code", code_id, phone, code)


def guess_hash(pepper: str, request_id: str, code: str) -> bytes:
    """Names one guess of one request, so that its retry is not counted as another try."""
    return _keyed(pepper, "sign-in guess", request_id, code)


def session_token(pepper: str, session_id: str, request_id: str) -> str:
    """256 bits, 43 characters; the same for a retried request, though it is stored nowhere."""
    return base64.urlsafe_b64encode(_keyed(pepper, "session token", session_id, request_id)).rstrip(b"=").decode()


def token_hash(token: str) -> bytes:
    """All that is kept of a token. Unkeyed and unsalted is enough for 256 random bits."""
    return hashlib.sha256(token.encode()).digest()


def agree(one: bytes, other: bytes) -> bool:
    return hmac.compare_digest(one, other)


def _keyed(pepper: str, *parts: str) -> bytes:
    """Parts are joined with NUL, which no text of a request may contain."""
    return hmac.new(pepper.encode(), "\0".join(parts).encode(), hashlib.sha256).digest()
