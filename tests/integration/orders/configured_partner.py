"""What operations say of a partner that switches something on."""

from typing import Any

from services.orders import contract


def partner(name: str, **changes: Any) -> dict[str, Any]:
    told = {
        "request_id": "req",
        "provisioner": name,
        "adapter": "open_provision",
        "endpoint": "http://partner.example",
        "secret_name": "topup_webhook_secret",
        "timeout_ms": 2000,
        "asks_for": "phone",
        "pattern": "1[3-9][0-9]{9}",
        "can_reverse": True,
        "reason": "test",
        "name_zh": "充值",
        "name_en": "Top-up",
    }
    return contract.PUT_PROVISIONER.load_request(told | changes)
