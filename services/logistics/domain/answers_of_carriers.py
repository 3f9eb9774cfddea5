"""What comes of asking a carrier; adapters translate each protocol into these."""

from dataclasses import dataclass

from services.logistics.domain.scans import CarrierScan


@dataclass(frozen=True)
class Booked:
    """``estimated_delivery_on`` is an ISO date or None."""

    waybill_no: str
    label_url: str | None
    estimated_delivery_on: str | None


@dataclass(frozen=True)
class Tracked:
    """The carrier's whole story of a waybill; ``is_cancelled`` when it will not be carried."""

    is_cancelled: bool
    scans: tuple[CarrierScan, ...]


class BookingRefused(Exception):
    """The carrier understood and declined: surely nothing is booked."""


class CarrierUnavailable(Exception):
    """No usable answer. ``had_no_effect``: surely, as it never arrived or was put off; otherwise nothing is known."""

    def __init__(self, problem: str, had_no_effect: bool = False) -> None:
        super().__init__(problem)
        self.had_no_effect = had_no_effect


class CallbackMalformed(Exception):
    """A genuine message that does not keep to the protocol."""
