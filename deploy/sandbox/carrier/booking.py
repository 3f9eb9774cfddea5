"""What a client books: read from JSON, refused with the name of the field that is wrong."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

CASH = "cash_on_delivery_fen"
PERSON_FIELDS = ("name", "phone", "province", "city", "district", "address")


@dataclass(frozen=True)
class Booking:
    """content is the body as booked; the rest is what the carrier itself works with."""

    reference: str
    callback_url: str
    origin: str
    destination: str
    recipient_name: str
    content: dict[str, Any]


def read_booking(body: Any) -> Booking:
    """Raises ValueError."""
    if not isinstance(body, dict):
        raise ValueError("a JSON object is expected")
    recipient = _person(body, "recipient", PERSON_FIELDS)
    sender = _person(body, "sender", ())
    _check_parcels(body.get("parcels"))
    _check_cash(body.get(CASH))
    return Booking(
        reference=_text(body, "reference"),
        callback_url=_callback_url(_text(body, "callback_url")),
        origin=str(sender.get("city") or "始发地"),
        destination=recipient["city"],
        recipient_name=recipient["name"],
        content=body,
    )


def _text(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing or not text")
    return value


def _person(body: dict[str, Any], name: str, fields: tuple[str, ...]) -> dict[str, Any]:
    person = body.get(name)
    if not isinstance(person, dict):
        raise ValueError(f"{name} is missing")
    for field in fields:
        _text(person, field)
    return person


def _check_parcels(parcels: Any) -> None:
    if not isinstance(parcels, list) or not parcels:
        raise ValueError("parcels is missing or empty")
    for parcel in parcels:
        if not isinstance(parcel, dict) or not isinstance(parcel.get("quantity"), int) or parcel["quantity"] < 1:
            raise ValueError("each of parcels needs a quantity of at least 1")


def _check_cash(amount: Any) -> None:
    """Absent: there is nothing to collect."""
    if amount is not None and (not isinstance(amount, int) or amount < 1):
        raise ValueError(f"{CASH} must be a whole number of fen, at least 1")


def _callback_url(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("callback_url must be http or https")
    return url
