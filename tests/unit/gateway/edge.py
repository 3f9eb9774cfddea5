"""A gateway whose neighbours are scripted: what it sends them is checked against the contracts."""

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.app import create_app
from gateway.identity import Remembered
from gateway.kept_answers import KeptAnswers
from gateway.rate_limits import RateLimits
from gateway.rates import rates_of
from gateway.settings import GatewaySettings
from gateway.sold_out import SoldOut
from gateway.windows import Windows
from services.chassis.context import Context
from services.chassis.contract import Call
from services.chassis.testkit import ScriptedRpc
from services.members import contract as members

SERVICES = Path(__file__).parents[3] / "services"
UUID = "0192f0c1a2b37c4d8e5f60718293a4b5"
TOKEN = "t" * 43
ME = {
    "session_id": f"ses_{UUID}",
    "member_id": f"mbr_{UUID}",
    "state": "active",
    "tier": "gold",
    "language": "zh",
    "segments": ["staff", "vip"],
}
COUNTER = {"merchant_id": f"mer_{UUID}", "place_id": f"whs_{UUID}"}
LI_LEI = {"key_id": f"stk_{UUID}", "name": "li.lei", "roles": list(members.STAFF_ROLES), **COUNTER}


class HandClock:
    """Seconds that go on only when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Edge:
    """A client of a gateway; ``answers`` script the services, ``contexts`` say on whose behalf each was called."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, **settings: Any) -> None:
        self.rpc = ScriptedRpc({members.CHECK_SESSION: ME, members.CHECK_STAFF_KEY: LI_LEI})
        self.script(members.FIND_MEMBER)
        self.contexts: list[Context] = []
        self.app = _application()
        chosen = settings_of(**settings)
        self.config = {
            "SETTINGS": chosen,
            "MAKE_CALLER": self._caller,
            "SESSIONS": Remembered(chosen.session_cache_s),
            "STAFF": Remembered(chosen.session_cache_s),
            "SOLD_OUT": SoldOut(chosen.sold_out_cache_s, clock),
            "KEPT_ANSWERS": KeptAnswers(chosen.public_cache_s, clock),
            "RATE_LIMITS": RateLimits(chosen.rates, Windows(clock)),
        }

    @property
    def client(self) -> FlaskClient:
        """The application is one for all tests: making it takes longer than most of them. What it knows is not."""
        self.app.config.update(self.config)
        return self.app.test_client()

    def _caller(self, context: Context) -> ScriptedRpc:
        self.contexts.append(context)
        return self.rpc

    def script(self, contract: Call, answer: Any = None) -> None:
        """The golden reply unless told otherwise."""
        self.rpc.answers[contract] = golden_reply(contract) if answer is None else answer

    def ask(self, method: str, path: str, token: str | None = TOKEN, key: str | None = "k1", **options: Any) -> Any:
        headers = dict(options.pop("headers", {}))
        if token:
            headers.setdefault("Authorization", f"Bearer {token}")
        if key and method not in ("GET", "HEAD"):
            headers.setdefault("Idempotency-Key", key)
        return self.client.open(path, method=method, headers=headers, **options)

    def sent(self, contract: Call) -> list[dict[str, Any]]:
        return self.rpc.requests_of(contract)


@cache
def _application() -> Flask:
    return create_app(settings_of)


@cache
def documented_paths() -> dict[str, Any]:
    """Of the OpenAPI document. It is the same whoever asks, and long: to read it takes longer than most tests."""
    return Edge().client.get("/openapi.json").json["paths"]


def settings_of(**changes: Any) -> GatewaySettings:
    usual = {"public_url": "https://mall.example", "request_deadline_s": 9.0, "session_cache_s": 1.0}
    hasty = {"rates": rates_of({}, 1000.0)}  # one member does here what a town does
    return GatewaySettings(**(usual | hasty | changes))


def golden_reply(contract: Call) -> dict[str, Any]:
    return _golden(contract)["reply"]


def golden_request(contract: Call) -> dict[str, Any]:
    return _golden(contract)["request"]


def _golden(contract: Call) -> dict[str, Any]:
    file = SERVICES / contract.service / "samples" / f"{contract.method}.1.json"
    return orjson.loads(file.read_bytes())


def problem_of(response: TestResponse) -> tuple[int, str]:
    assert response.mimetype == "application/problem+json", response.data
    body = response.json
    assert body is not None and body["status"] == response.status_code
    assert body["title"] and body["request_id"] == response.headers["X-Request-Id"]
    assert body["type"] == f"urn:problem:{body['code']}"
    return response.status_code, body["code"]
