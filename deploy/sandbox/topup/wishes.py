"""What a client asks for: read from JSON, refused with the name of the field that is wrong."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TEXTS = ("operation_id", "product", "account", "callback_url")
MOST = 1000


@dataclass(frozen=True)
class Wish:
    """``operation_id`` is the client's own; under it the partner acts once."""

    operation_id: str
    product: str
    account: str
    callback_url: str
    quantity: int


def read_wish(body: Any) -> Wish:
    """Raises ValueError."""
    if not isinstance(body, dict):
        raise ValueError("a JSON object is expected")
    for name in TEXTS:
        if not isinstance(body.get(name), str) or not body[name]:
            raise ValueError(f"{name} is missing or not text")
    if urlsplit(body["callback_url"]).scheme not in ("http", "https"):
        raise ValueError("callback_url must be http or https")
    return Wish(**{name: body[name] for name in TEXTS}, quantity=_quantity(body.get("quantity")))


def _quantity(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST:
        raise ValueError(f"quantity must be a whole number from 1 to {MOST}")
    return value
