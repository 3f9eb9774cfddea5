"""Standard Webhooks: headers webhook-id, webhook-timestamp, webhook-signature over the raw body."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook, WebhookVerificationError


def signed_headers(secret: str, webhook_id: str, body: bytes) -> dict[str, str]:
    """Headers for one attempt; each attempt has a new timestamp and keeps its webhook-id."""
    now = int(time.time())
    signature = Webhook(secret).sign(webhook_id, datetime.fromtimestamp(now, UTC), body.decode())
    return {
        "content-type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(now),
        "webhook-signature": signature,
    }


def is_genuine(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """False for a missing, malformed, stale or false signature."""
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True
