"""The member whom the story is about: phone, mailbox, shop account."""

import os
import uuid
from typing import Any

from deploy.demo.outside import Mailbox, Phone
from deploy.demo.shop import Shop, eventually
from deploy.demo.teller import Teller

CODE_PATIENCE_S = 150.0
SENT, TOO_SOON, NOT_SENT = 201, 429, 503


class Hero:
    """``people`` are those who may be it. Codes are limited per number, so whoever had too many gives way."""

    def __init__(self, people: list[dict[str, Any]], shop: Shop) -> None:
        self.people, self.shop = people, shop
        self._step_forward()

    def _step_forward(self) -> None:
        self.person = self.people.pop()
        self.phone = Phone(os.environ["MALL_SMSC_CONTROL_URL"], self.person["phone"])
        self.mailbox = Mailbox(os.environ["MALL_MAILBOX_CONTROL_URL"], self.person["email"])

    def sign_in(self, teller: Teller) -> None:
        """By a code that comes to the phone; a moment's patience if one was asked for just before."""
        eventually("a code is sent", self._ask_for_code, within_s=CODE_PATIENCE_S)
        code, text = self.phone.code_message(self._known)
        teller.say("sign_in.code", phone=self.person["phone"])
        teller.quote(text.replace(code, "******"))
        key = uuid.uuid4().hex
        body = {"phone": self.person["phone"], "code": code, "device": "demo"}
        signed_in = self.shop.post("/v1/sessions", body, key)
        self.shop.token = signed_in["token"]
        member = signed_in["member"]
        teller.say("sign_in.done", name=member["name"] or member["phone_masked"], tier=member["tier"])

    def _ask_for_code(self) -> bool:
        """One press of the button. A code that could not be sent is asked for anew, as a person would."""
        self._known = len(self.phone.messages())
        asked = self.shop.send("POST", "/v1/sign-in-codes", {"phone": self.person["phone"]}, patient=False)
        if asked.status_code not in (SENT, TOO_SOON, NOT_SENT):
            self.shop.expect(SENT, asked)
        if asked.status_code == TOO_SOON and self.people:
            self._step_forward()
        return asked.status_code == SENT

    def balance(self) -> dict[str, Any]:
        return self.shop.get("/v1/points/balance")

    def order(self, order_id: str) -> dict[str, Any]:
        return self.shop.get(f"/v1/orders/{order_id}")

    def statement(self) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = []
        cursor = None
        while True:
            page = self.shop.get("/v1/points/statement", limit=100, **({"cursor": cursor} if cursor else {}))
            lines += page["lines"]
            cursor = page["next_cursor"]
            if not cursor:
                return lines
