"""The HTTP side every partner has: health, JSON errors, one log line per exchange, a clean end on SIGTERM."""

import signal
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server

from deploy.sandbox.settings import Address, iso_text


class ReadableJson(DefaultJSONProvider):
    """Chinese stays Chinese, keys keep the order the partner documents."""

    ensure_ascii = False
    sort_keys = False


class _QuietHandler(WSGIRequestHandler):
    """The app logs each exchange itself; the server's own lines would double them."""

    def log(self, type: str, message: str, *args: Any) -> None:
        if type == "error":
            super().log(type, message, *args)


def say(partner: str, what: str) -> None:
    """One line per exchange on stdout."""
    print(f"{iso_text(time.time())} {partner} {what}", flush=True)


def new_app(partner: str) -> Flask:
    app = Flask(partner, root_path=__file__.rpartition("/")[0])
    app.json = ReadableJson(app)
    app.add_url_rule("/healthz", view_func=_healthy)
    app.register_error_handler(HTTPException, _json_error)
    app.after_request(_logger(partner))
    return app


def _healthy() -> dict[str, str]:
    return {"status": "ok"}


def _json_error(error: HTTPException) -> tuple[dict[str, Any], int]:
    return {"error": error.name, "detail": error.description}, error.code or 500


def _logger(partner: str) -> Callable[[Response], Response]:
    def log(response: Response) -> Response:
        if request.path != "/healthz":
            say(partner, f"<- {request.method} {request.path} {response.status_code}")
        return response

    return log


def json_body() -> dict[str, Any]:
    """The request's JSON object, or its form fields when a human page sends them."""
    body = request.get_json() if request.is_json else request.form.to_dict()
    if not isinstance(body, dict):
        raise BadRequest("a JSON object is expected")
    return body


def text_field(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise BadRequest(f"{name} is missing or not text")
    return value


def repeat(step: Callable[[], None], every_s: float) -> None:
    """Run step again and again beside the server; one that fails is shown and tried again."""

    def run() -> None:
        while True:
            try:
                step()
            except Exception:  # noqa: BLE001 - a partner that stops moving after one error would be of no use
                traceback.print_exc()
            time.sleep(every_s)

    threading.Thread(target=run, daemon=True).start()


def serve_until_terminated(app: Flask, address: Address) -> None:
    """Blocks; SIGTERM or SIGINT ends it with exit code 0."""
    server = make_server(address.host, address.port, app, threaded=True, request_handler=_QuietHandler)

    def stop(_signal: int, _frame: object) -> None:
        # shutdown() waits for the loop this handler interrupts, so it needs a thread of its own.
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    say(app.name, f"listens on http://{address.host}:{address.port}")
    server.serve_forever(poll_interval=0.05)
    server.server_close()
    say(app.name, "ended")
