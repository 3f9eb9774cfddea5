"""A carrier on a local port that books each reference once, and can be told to fail, hang or refuse."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

from services.chassis.webhook_signatures import is_signed_by


class ParcelCarrier:
    """``mood``: well, failing (500), hanging (answers after ``hang_s``, having booked), refusing (422)."""

    def __init__(self, secret: str) -> None:
        self.secret, self.mood, self.hang_s = secret, "well", 1.0
        self.prefix = "LX"
        self.bookings: dict[str, str] = {}
        self.requests: list[dict[str, Any]] = []
        self.picked_up: set[str] = set()
        self.cancelled: set[str] = set()
        self.scans: dict[str, list[dict[str, Any]]] = {}
        self.before_answer = lambda waybill_no: None
        self.awake = threading.Event()
        self._lock = threading.Lock()
        carrier = self

        class Handler(_Handler):
            owner = carrier

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # a client that stopped waiting is what tests are about
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def close(self) -> None:
        self.awake.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if self.mood == "failing":
            return 500, {"error": "out of order"}
        if self.mood == "refusing":
            return 422, {"error": "no such street"}
        if (method, path) == ("POST", "/v1/waybills"):
            return self._book(orjson.loads(body))
        waybill_no = path.split("/")[3]
        if waybill_no not in self.bookings.values():
            return 404, {"error": "unknown"}
        return self._cancel(waybill_no) if path.endswith("/cancellation") else self._track(waybill_no)

    def _book(self, booking: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        reference = booking["reference"]
        with self._lock:
            is_new = reference not in self.bookings
            waybill_no = self.bookings.setdefault(reference, f"{self.prefix}{len(self.bookings) + 1}")
            self.requests.append(booking)
        self.before_answer(waybill_no)
        if self.mood == "hanging":
            self.awake.wait(self.hang_s)
        return 201 if is_new else 200, self._facts(waybill_no)

    def _cancel(self, waybill_no: str) -> tuple[int, dict[str, Any]]:
        with self._lock:
            if waybill_no in self.picked_up:
                return 409, {"error": "already_picked_up"}
            self.cancelled.add(waybill_no)
            return 200, {"waybill_no": waybill_no}

    def _track(self, waybill_no: str) -> tuple[int, dict[str, Any]]:
        status = "cancelled" if waybill_no in self.cancelled else "booked"
        return 200, {**self._facts(waybill_no), "status": status, "scans": self.scans.get(waybill_no, [])}

    def _facts(self, waybill_no: str) -> dict[str, Any]:
        reference = next(each for each, number in self.bookings.items() if number == waybill_no)
        label = {"label_url": f"{self.endpoint}/labels/{waybill_no}", "estimated_delivery_on": "2026-11-24"}
        return {"waybill_no": waybill_no, "reference": reference, **label}


class _Handler(BaseHTTPRequestHandler):
    owner: ParcelCarrier
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        signed = [self.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")]
        if not is_signed_by((self.owner.secret,), *signed, body.decode()):
            self._send(401, {"error": "not signed"})
            return
        self._send(*self.owner.answer("POST", self.path, body))

    def do_GET(self) -> None:
        self._send(*self.owner.answer("GET", self.path, b""))

    def _send(self, status: int, content: dict[str, Any]) -> None:
        body = orjson.dumps(content)
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""
