"""The member whom the story is about: phone, mailbox, shop account."""

import uuid
from dataclasses import dataclass
from typing import Any

from deploy.demo.outside import Mailbox, Phone
from deploy.demo.shop import Shop
from deploy.demo.teller import Teller


@dataclass
class Hero:
    person: dict[str, Any]
    shop: Shop
    phone: Phone
    mailbox: Mailbox

    def sign_in(self, teller: Teller) -> None:
        """By a code that comes to the phone; a moment's patience if one was asked for just before."""
        known = len(self.phone.messages())
        self.shop.post("/v1/sign-in-codes", {"phone": self.person["phone"]})
        code = self.phone.code(known)
        teller.say("sign_in.code", phone=self.person["phone"])
        teller.quote(self.phone.messages()[known].replace(code, "******"))
        key = uuid.uuid4().hex
        body = {"phone": self.person["phone"], "code": code, "device": "demo"}
        signed_in = self.shop.post("/v1/sessions", body, key)
        self.shop.token = signed_in["token"]
        member = signed_in["member"]
        teller.say("sign_in.done", name=member["name"] or member["phone_masked"], tier=member["tier"])

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
