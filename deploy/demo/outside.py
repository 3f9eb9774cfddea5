"""The world around the mall, as the sandbox plays it: a phone, a mailbox, a carrier, a payment provider."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin

import requests

from deploy.demo.shop import StoryBroken, eventually

CODE = re.compile(r"(?<!\d)(\d{6})(?!\d)")
FORM = re.compile(r'<form[^>]*action="([^"]+)"')
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
TIMEOUT_S = 20


@dataclass
class Phone:
    """A member's mobile phone: what the SMSC delivered to its number since the story began."""

    control_url: str
    number: str
    seen: int = field(default=0)

    def __post_init__(self) -> None:
        self.seen = max((message["id"] for message in self._messages(0)), default=0)

    def messages(self) -> list[str]:
        return [message["text"] for message in self._messages(self.seen)]

    def code_message(self, known: int) -> tuple[str, str]:
        """(code, whole text) of the first message with a one-time code after the first ``known`` messages."""
        return eventually("the code arrives by SMS", lambda: self._first_code(self.messages()[known:]))

    def _first_code(self, texts: list[str]) -> tuple[str, str] | None:
        return next(((found.group(1), text) for text in texts if (found := CODE.search(text))), None)

    def _messages(self, after: int) -> list[dict[str, Any]]:
        query: dict[str, Any] = {"to": self.number, "after": after}
        return requests.get(f"{self.control_url}/messages", params=query, timeout=TIMEOUT_S).json()["messages"]


@dataclass
class Mailbox:
    control_url: str
    address: str
    seen: int = field(default=0)

    def __post_init__(self) -> None:
        self.seen = max((message["id"] for message in self._messages(0)), default=0)

    def subjects(self) -> list[str]:
        return [message["subject"] for message in self._messages(self.seen)]

    def _messages(self, after: int) -> list[dict[str, Any]]:
        query: dict[str, Any] = {"to": self.address, "after": after}
        return requests.get(f"{self.control_url}/messages", params=query, timeout=TIMEOUT_S).json()


@dataclass
class CarrierDesk:
    """The carrier's back office: sends a callback again, or one with a false signature."""

    control_url: str

    def resend(self, waybill_no: str, status: str) -> dict[str, Any]:
        return self._control("resend", waybill_no, status)

    def forge(self, waybill_no: str, status: str) -> dict[str, Any]:
        return self._control("forge", waybill_no, status)

    def _control(self, action: str, waybill_no: str, status: str) -> dict[str, Any]:
        body = {"waybill_no": waybill_no, "status": status}
        return requests.post(f"{self.control_url}/control/{action}", json=body, timeout=TIMEOUT_S).json()


def pay_at_the_cashier(pay_url: str) -> None:
    """What the buyer does in the browser: opens the provider's page and confirms."""
    page = requests.get(pay_url, timeout=TIMEOUT_S)
    if fields := FIELD.findall(page.text):  # the mall's own page, which posts itself to the provider
        page = _submitted(page, {name: unescape(value) for name, value in fields})
    _submitted(page)


def _submitted(page: requests.Response, fields: dict[str, str] | None = None) -> requests.Response:
    """What comes when the page's form is sent. Back to the mall goes nobody: the provider tells it."""
    action = FORM.search(page.text)
    if page.status_code != 200 or not action:
        raise StoryBroken(f"the provider's cashier did not open: {page.status_code} {page.text[:200]}")
    address = urljoin(page.url, unescape(action.group(1)))
    answer = requests.post(address, fields, timeout=TIMEOUT_S, allow_redirects=fields is not None)
    if answer.status_code >= 400:
        raise StoryBroken(f"the provider refused the payment: {answer.status_code} {answer.text[:200]}")
    return answer
