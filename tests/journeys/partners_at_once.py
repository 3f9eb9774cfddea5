"""A partner that answers nobody until so many are waiting for it at the same time."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HELD_AT_MOST_S = 4.5


class PartnersAtOnce:
    """Speaks open provision; ``most_held`` is how many it held at once."""

    def __init__(self, wanted: int) -> None:
        self.wanted, self.held, self.most_held, self.known = wanted, 0, 0, dict[str, str]()
        self.changed = threading.Condition()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def hold(self, operation_id: str) -> bool:
        """True when all have come; who waits in vain is not served."""
        with self.changed:
            self.held += 1
            self.most_held = max(self.most_held, self.held)
            self.changed.notify_all()
            met = self.changed.wait_for(lambda: self.most_held >= self.wanted, HELD_AT_MOST_S)
            self.held -= 1
            if met:
                self.known[operation_id] = "succeeded"
            return met

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        partners = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                operation_id = json.loads(self.rfile.read(int(self.headers["content-length"])))["operation_id"]
                self._answer(200 if partners.hold(operation_id) else 503, operation_id)

            def do_GET(self) -> None:
                operation_id = self.path.rpartition("/")[2]
                self._answer(200 if operation_id in partners.known else 404, operation_id)

            def _answer(self, status: int, operation_id: str) -> None:
                told = {"operation_id": operation_id, "status": "succeeded", "serial_no": None, "reason": None}
                body = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler
