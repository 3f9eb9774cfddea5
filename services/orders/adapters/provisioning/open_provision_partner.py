"""HTTP with a partner that speaks open provision: signs, sends, and hands the answer to the translation."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote

import orjson

from services.chassis.http_client import PartnerAnswer, PartnerClient
from services.chassis.http_client import PartnerUnavailable as NoAnswer
from services.chassis.webhook_signatures import is_fresh, is_signed_by, signed_headers
from services.orders.adapters.provisioning import open_provision
from services.orders.domain.provisioning import (
    CallbackNotGenuine,
    PartnerUnavailable,
    Provisioner,
    Result,
    Told,
    Wanted,
)

AT_ONCE = 2  # calls to one partner from one process


@cache
def _client(name: str, endpoint: str, timeout_ms: int) -> PartnerClient:
    """One for each partner in a process: its breaker remembers."""
    return PartnerClient(f"provisioner {name} at {endpoint}", timeout_ms / 1000, pool_size=AT_ONCE, patience_s=0)


class OpenProvisionPartner:
    """``secrets`` are several during a rotation; the first signs what is sent."""

    def __init__(self, partner: Provisioner, secrets: Sequence[str], callback_url: str) -> None:
        self._client = _client(partner.provisioner, partner.endpoint, partner.timeout_ms)
        self._base, self._secrets, self._callback_url = partner.endpoint.rstrip("/"), secrets, callback_url

    def request(self, wanted: Wanted, now: datetime) -> Result:
        body = open_provision.request_of(wanted, self._callback_url)
        response = self._post("/v1/operations", f"request-{wanted.operation_id}", body, now)
        return open_provision.parse_operation(response.status_code, response.content, wanted.operation_id)

    def find(self, operation_id: str, now: datetime) -> Result:
        """Signed as an empty body is: who may ask is who shares the secret."""
        headers = signed_headers(self._secrets[0], f"find-{operation_id}", now, b"")
        response = self._send("GET", _path(operation_id), headers=headers)
        return open_provision.parse_found(response.status_code, response.content, operation_id)

    def reverse(self, operation_id: str, now: datetime) -> Result:
        response = self._post(f"{_path(operation_id)}/reversal", f"reversal-{operation_id}", {}, now)
        return open_provision.parse_operation(response.status_code, response.content, operation_id)

    def read_callback(self, headers: Mapping[str, str], body: str, now: datetime) -> Told:
        timestamp = headers["webhook-timestamp"]
        signed = (headers["webhook-id"], timestamp, headers["webhook-signature"], body)
        if not is_signed_by(self._secrets, *signed) or not is_fresh(timestamp, now):
            raise CallbackNotGenuine("no fresh signature over id, timestamp and raw body fits this partner's secret")
        return open_provision.parse_callback(body)

    def _post(self, path: str, message_id: str, content: dict[str, Any], now: datetime) -> PartnerAnswer:
        body = orjson.dumps(content)
        return self._send("POST", path, data=body, headers=signed_headers(self._secrets[0], message_id, now, body))

    def _send(self, method: str, path: str, **options: Any) -> PartnerAnswer:
        try:
            return self._client.request(method, self._base + path, **options)
        except NoAnswer as problem:
            raise PartnerUnavailable(str(problem)) from problem


def _path(operation_id: str) -> str:
    return f"/v1/operations/{quote(operation_id, safe='')}"
