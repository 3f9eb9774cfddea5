"""The payment provider and the carrier: they keep their books straight, and are not always heard."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson

from services.chassis.open_transaction import leave_transactions_first
from services.chassis.webhook_signatures import signed_headers
from services.logistics.adapters.open_parcel_proxy import OpenParcelProxy
from services.logistics.domain.answers_of_carriers import CarrierUnavailable
from services.orders.domain.provider import (
    PaymentAtProvider,
    ProviderUnavailable,
    RefundAtProvider,
    RefundResult,
    Trade,
)
from tests.integration.orders.provider_with_memory import ProviderWithMemory
from tests.simulation.scheduler import Scheduler

SILENT, UNHEARD, TACITURN = 0.04, 0.04, 0.04
CARRIER, SECRET = "swift", "whsec_" + "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="
ROUTE = ("picked_up", "in_transit", "delivered")


class Provider(ProviderWithMemory):
    """Falls silent before or after it has done what it was asked for."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self.scheduler = scheduler
        self.paid: dict[str, int] = {}

    def pay(self, payment_id: str) -> dict[str, str] | None:
        form = super().pay(payment_id)
        if form is not None:
            self.paid[payment_id] = self.trades[payment_id].amount_fen or 0
        return form

    def find_trade(self, payment: PaymentAtProvider) -> Trade:
        return self._heard(super().find_trade(payment))

    def close_trade(self, payment: PaymentAtProvider) -> None:
        self._heard(super().close_trade(payment))

    def refund(self, payment: PaymentAtProvider, refund: RefundAtProvider) -> RefundResult:
        return self._heard(super().refund(payment, refund))

    @property
    def kept_fen(self) -> int:
        return sum(self.paid.values()) - sum(self.refunds.values())

    def _speak(self) -> None:
        leave_transactions_first("the provider")
        self.scheduler.pause()
        if self.scheduler.chance.fault("the provider is not reached", SILENT):
            raise ProviderUnavailable("not reached")

    def _heard(self, answer: Any) -> Any:
        if self.scheduler.chance.fault("the provider's answer is lost", UNHEARD):
            raise ProviderUnavailable("no answer")
        self.scheduler.pause()
        return answer


class Carrier:
    """Books each reference once, carries what is not called back in time, and calls back with each scan."""

    route: tuple[str, ...] = ROUTE

    def __init__(self, scheduler: Scheduler, call_back: Callable[[dict[str, Any]], bool]) -> None:
        self.scheduler, self.call_back = scheduler, call_back
        self.bookings: dict[str, str] = {}
        self.scans: dict[str, list[dict[str, Any]]] = {}
        self.cancelled: set[str] = set()
        self.on_pick_up: Callable[[], None] = lambda: None

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if path == "/v1/waybills":
            return self._book(orjson.loads(body)["reference"])
        waybill_no = path.split("/")[3]
        return self._cancel(waybill_no) if path.endswith("/cancellation") else self._track(waybill_no)

    def delivered(self, shipment_id: str) -> bool:
        waybill_no = self.bookings.get(shipment_id)
        return any(scan["status"] == "delivered" for scan in self.scans.get(waybill_no or "", ()))

    def _book(self, reference: str) -> tuple[int, dict[str, Any]]:
        is_new = reference not in self.bookings
        waybill_no = self.bookings.setdefault(reference, f"LX{reference[-12:]}")
        if is_new:
            self.scans[waybill_no] = []
            self.scheduler.spawn(
                f"carrier of {waybill_no}", lambda: self._carry(reference, waybill_no), self._a_while()
            )
        return 201 if is_new else 200, self._facts(reference, waybill_no)

    def _cancel(self, waybill_no: str) -> tuple[int, dict[str, Any]]:
        if self.scans[waybill_no]:
            return 409, {"error": "already_picked_up"}
        self.cancelled.add(waybill_no)
        return 200, {"waybill_no": waybill_no}

    def _track(self, waybill_no: str) -> tuple[int, dict[str, Any]]:
        reference = next(each for each, number in self.bookings.items() if number == waybill_no)
        status = "cancelled" if waybill_no in self.cancelled else "booked"
        return 200, {**self._facts(reference, waybill_no), "status": status, "scans": self.scans[waybill_no]}

    def _carry(self, reference: str, waybill_no: str) -> None:
        route = self.route[-1:] if self._says_only_the_end() else self.route
        for status in route:
            if waybill_no in self.cancelled:
                return
            scan = self._scan(reference, waybill_no, status)
            self.scans[waybill_no].append(
                {name: scan[name] for name in scan if name not in ("waybill_no", "reference")}
            )
            self.scheduler.trace.note(f"carrier: {waybill_no} {status}")
            if status == route[0]:
                self.on_pick_up()
            self._tell(scan)
            self.scheduler.sleep(self._a_while())

    def _says_only_the_end(self) -> bool:
        return self.scheduler.chance.fault("the carrier tells of nothing but the end of the way", TACITURN)

    def _tell(self, scan: dict[str, Any]) -> None:
        chance = self.scheduler.chance
        if chance.fault("a callback of the carrier never comes", 0.04):
            return
        is_late = chance.fault("a callback of the carrier is late", 0.05)
        late_s = chance.between(60, 90_000) if is_late else chance.between(0, 60)
        for _ in range(3 if chance.fault("the carrier calls back three times", 0.05) else 1):
            self.scheduler.spawn(f"callback {scan['status']}", lambda: self._insist(scan), late_s)

    def _insist(self, scan: dict[str, Any]) -> None:
        """Until it is heard."""
        while not self.call_back(self._signed(scan)):
            self.scheduler.sleep(300)

    def _signed(self, scan: dict[str, Any]) -> dict[str, Any]:
        body = orjson.dumps(scan).decode()
        headers = signed_headers(SECRET, scan["event_id"], self.scheduler.clock.now(), body.encode())
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        return {"carrier": CARRIER, "body": body, **{name.replace("-", "_"): headers[name] for name in names}}

    def _scan(self, reference: str, waybill_no: str, status: str) -> dict[str, Any]:
        return {
            "event_id": f"evt-{waybill_no}-{status}",
            "waybill_no": waybill_no,
            "reference": reference,
            "status": status,
            "occurred_at": self.scheduler.clock.now().isoformat(),
            "location": "深圳",
            "signed_by": "王芳" if status == "delivered" else None,
            "remark": None,
        }

    def _facts(self, reference: str, waybill_no: str) -> dict[str, Any]:
        day = (self.scheduler.clock.now() + timedelta(days=3)).date().isoformat()
        label = {"label_url": f"https://carrier.example/{waybill_no}", "estimated_delivery_on": day}
        return {"waybill_no": waybill_no, "reference": reference, **label}

    def _a_while(self) -> float:
        return self.scheduler.chance.between(20, 9_000)


class Proxy(OpenParcelProxy):
    """Our side of the carrier's protocol, but for the HTTP."""

    carrier: Carrier

    def _send(self, method: str, path: str, **options: Any) -> Any:
        leave_transactions_first(path)
        scheduler = self.carrier.scheduler
        scheduler.pause()
        if scheduler.chance.fault("the carrier is not reached", SILENT):
            raise CarrierUnavailable("not reached", had_no_effect=True)
        status, content = self.carrier.answer(method, path.removeprefix(self._base), options.get("data", b""))
        if scheduler.chance.fault("the carrier's answer is lost", UNHEARD):
            raise CarrierUnavailable("no answer")
        return _Response(status, orjson.dumps(content))


class _Response:
    def __init__(self, status_code: int, content: bytes) -> None:
        self.status_code, self.content = status_code, content
