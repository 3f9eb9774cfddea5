"""Standard Webhooks: headers webhook-id, webhook-timestamp, webhook-signature over the raw body."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook, WebhookVerificationError


def signed_headers(secret: str, webhook_id: str, body: bytes, signed_at: float | None = None) -> dict[str, str]:
    """Headers for one attempt, signed now if no moment is said; each has a new timestamp and keeps its webhook-id."""
    moment = int(time.time() if signed_at is None else signed_at)
    signature = Webhook(secret).sign(webhook_id, datetime.fromtimestamp(moment, UTC), body.decode())
    return {
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature,
    }


def is_genuine(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """False for a missing, malformed, stale or false signature."""
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True
