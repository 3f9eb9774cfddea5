"""Requests to WeChat Pay: signed by us, answered with a signature of theirs."""

import json
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit

import orjson

from services.chassis.clock import Clock
from services.chassis.http_client import PartnerAnswer, PartnerClient, PartnerUnavailable
from services.orders.adapters.payments.wechatpay_signing import WechatPaySigner, WechatPayVerifier
from services.orders.domain.provider import ProviderUnavailable

NOT_KNOWN = ("SYSTEM_ERROR", "FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED", "BIZERR_NEED_RETRY")


@dataclass(frozen=True)
class WechatPayAccount:
    """Who we are to WeChat Pay. ``api_url`` is what comes before /v3; ``cashier_url`` is the mall's page with ``{}``
    for the payment; PEM texts; ``api_v3_key`` has 32 characters."""

    app_id: str
    merchant_id: str
    merchant_serial: str
    api_url: str
    notify_url: str
    cashier_url: str
    private_key: str
    platform_key: str
    platform_serial: str
    api_v3_key: str


@dataclass(frozen=True)
class Answer:
    """``code`` is empty unless WeChat Pay refused."""

    body: dict[str, Any]
    code: str = ""

    @property
    def problem(self) -> str:
        return f"{self.code}: {self.body.get('message')}"


class WechatPayCalls:
    def __init__(
        self, account: WechatPayAccount, client: PartnerClient, verifier: WechatPayVerifier, clock: Clock
    ) -> None:
        self.account, self.client, self.verifier, self.clock = account, client, verifier, clock
        self.signer = WechatPaySigner(account.merchant_id, account.merchant_serial, account.private_key)

    def ask(
        self, method: str, path: str, content: dict[str, Any] | None = None, patience_s: float | None = None
    ) -> Answer:
        """The verified answer or a refusal; raises ProviderUnavailable if the effect is unknown."""
        body = json.dumps(content, ensure_ascii=False) if content is not None else ""
        address = self.account.api_url + path
        headers = {
            "Authorization": self._authorization(method, address, body),
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Wechatpay-Serial": self.account.platform_serial,
        }
        try:
            response = self.client.request(method, address, patience_s=patience_s, data=body.encode(), headers=headers)
            return self._answer(response)
        except (PartnerUnavailable, ValueError) as problem:
            raise ProviderUnavailable(f"{method} {path}: {problem}") from problem

    def download(self, address: str, most: int, within_s: float) -> IO[bytes]:
        """Files are the one thing that WeChat Pay does not sign; their hash was in a signed answer."""
        headers = {"Authorization": self._authorization("GET", address, "")}
        try:
            return self.client.download("GET", address, most, within_s, headers=headers)
        except PartnerUnavailable as problem:
            raise ProviderUnavailable(f"download: {problem}") from problem

    def _authorization(self, method: str, address: str, body: str) -> str:
        parts = urlsplit(address)
        signed_path = parts.path + (f"?{parts.query}" if parts.query else "")
        return self.signer.authorization(method, signed_path, body, self.clock.now())

    def _answer(self, response: PartnerAnswer) -> Answer:
        """Success has to be signed. Refusals need not be and often are not; what a false one could do is no harm: an
        order that closes and gives its late money back, a refund that is asked for again."""
        text = response.content.decode()
        if response.status_code < 300:
            headers = {name.lower(): value for name, value in response.headers.items()}
            if not self.verifier.is_genuine(headers, text, self.clock.now()):
                raise ValueError("the answer is not signed by WeChat Pay")
            return Answer(_object(text) if text else {})
        refusal = _object(text)
        code = str(refusal.get("code") or "")
        if not code or code in NOT_KNOWN:
            raise ValueError(f"status {response.status_code} {code}")
        return Answer(refusal, code)


def _object(text: str) -> dict[str, Any]:
    found = orjson.loads(text)  # the library's own reader gives up on what is nested deeply, not with a ValueError
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")
    return found
