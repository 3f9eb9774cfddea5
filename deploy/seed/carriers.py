"""The carrier of the sandbox, as configuration of logistics."""

import os
from typing import Any

from services.chassis.ids import derived_id

CODE = "sandbox-express"


def carrier_requests() -> list[dict[str, Any]]:
    endpoint = os.environ["MALL_CARRIER_URL"]
    return [
        {
            "request_id": derived_id("req", CODE, endpoint),
            "code": CODE,
            "name_zh": "沙盒速运",
            "name_en": "Sandbox Express",
            "adapter": "open_parcel",
            "endpoint": endpoint,
            "secret_name": "carrier_webhook_secret",
            "coverage": [],
            "first_fen": 800,
            "priority": 10,
            "is_active": True,
            "actor": "ops:seed",
        }
    ]
