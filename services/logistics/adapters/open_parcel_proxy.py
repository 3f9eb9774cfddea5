"""HTTP with a carrier that speaks open parcel: signs, sends, and hands the answer to the translation."""

from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote

import orjson

from services.chassis.http_client import PartnerAnswer, PartnerClient, PartnerUnavailable
from services.chassis.webhook_signatures import signed_headers
from services.logistics.adapters import open_parcel
from services.logistics.domain.answers_of_carriers import Booked, CarrierUnavailable, Tracked


@cache
def _client(code: str, endpoint: str, timeout_s: float) -> PartnerClient:
    """One for each carrier in a process: its breaker remembers."""
    return PartnerClient(f"carrier {code} at {endpoint}", timeout_s=timeout_s)


class OpenParcelProxy:
    """``secret`` signs what is sent; ``now`` is the instant of sending."""

    def __init__(self, code: str, endpoint: str, secret: str, timeout_s: float, now: datetime) -> None:
        self._client = _client(code, endpoint, timeout_s)
        self._base, self._secret, self._now = endpoint.rstrip("/"), secret, now

    def book(self, booking: dict[str, Any]) -> Booked:
        """Raises BookingRefused, CarrierUnavailable."""
        reference = booking["reference"]
        response = self._post("/v1/waybills", f"booking-{reference}", booking)
        return open_parcel.parse_booking(response.status_code, response.content, reference)

    def track(self, waybill_no: str, shipment_id: str) -> Tracked:
        """Raises CarrierUnavailable."""
        response = self._send("GET", f"/v1/waybills/{quote(waybill_no, safe='')}")
        return open_parcel.parse_tracking(response.status_code, response.content, waybill_no, shipment_id)

    def cancel(self, waybill_no: str) -> bool:
        """False when the parcel is picked up already. Raises CarrierUnavailable."""
        path = f"/v1/waybills/{quote(waybill_no, safe='')}/cancellation"
        return open_parcel.parse_cancellation(self._post(path, f"cancellation-{waybill_no}", {}).status_code)

    def _post(self, path: str, message_id: str, content: dict[str, Any]) -> PartnerAnswer:
        body = orjson.dumps(content)
        return self._send("POST", path, data=body, headers=signed_headers(self._secret, message_id, self._now, body))

    def _send(self, method: str, path: str, **options: Any) -> PartnerAnswer:
        try:
            return self._client.request(method, self._base + path, **options)
        except PartnerUnavailable as problem:
            raise CarrierUnavailable(str(problem), had_no_effect=not problem.was_sent) from problem
