"""Standard Webhooks: what partners sign and what they check, over the raw body.

Only the library's signature is used: its own ``verify`` reads the system clock and stumbles over malformed headers.
"""

import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

TOLERANCE = timedelta(minutes=5)
_SECONDS = re.compile(r"[0-9]{1,11}\Z")


def signed_headers(secret: str, message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """Headers for one try; over tries the id stays and the timestamp is new."""
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
    }


def is_signed_by(secrets: Sequence[str], message_id: str, timestamp: str, signatures: str, body: str) -> bool:
    """Whether one of ``signatures`` (blank-separated) was made with one of ``secrets`` (several during a rotation)."""
    sent_at = moment_of(timestamp)
    if sent_at is None:
        return False
    expected = [Webhook(secret).sign(message_id, sent_at, body).encode() for secret in secrets]
    given = [signature.encode() for signature in signatures.split(" ")]
    matches = [hmac.compare_digest(one, other) for one in expected for other in given]
    return any(matches)


def is_fresh(timestamp: str, now: datetime) -> bool:
    sent_at = moment_of(timestamp)
    return sent_at is not None and abs(now - sent_at) <= TOLERANCE


def moment_of(timestamp: str) -> datetime | None:
    """Whole seconds only: the signature covers the header's text, and 1.5 or 1e9 would be signed as another text."""
    return datetime.fromtimestamp(int(timestamp), UTC) if _SECONDS.match(timestamp) else None
