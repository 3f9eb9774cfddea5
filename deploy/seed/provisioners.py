"""The partner of the sandbox that tops up phones, as configuration of orders."""

import os
from typing import Any

from services.chassis.ids import derived_id

NAME = "sandbox-topup"


def provisioner_requests() -> list[dict[str, Any]]:
    endpoint = os.environ["MALL_TOPUP_URL"]
    return [
        {
            "request_id": derived_id("req", NAME, endpoint),
            "provisioner": NAME,
            "adapter": "open_provision",
            "endpoint": endpoint,
            "secret_name": "topup_webhook_secret",
            "timeout_ms": 3_000,
            "asks_for": "phone",
            "pattern": "1[3-9][0-9]{9}",
            "can_reverse": True,
            "name_zh": "沙盒充值",
            "name_en": "Sandbox Top-up",
            "reason": "the demo's partner",
        }
    ]
