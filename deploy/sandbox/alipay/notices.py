"""Asynchronous notifications: sent until the shop answers exactly `success`, under one notify_id."""

import json
import secrets
import time
from typing import Any
from urllib.parse import urlencode

from deploy.sandbox.alipay.answers import BUYER_ID, BUYER_LOGON_ID
from deploy.sandbox.alipay.money import yuan
from deploy.sandbox.alipay.refunds import Refunded
from deploy.sandbox.alipay.signing import Signer
from deploy.sandbox.alipay.trades import Record
from deploy.sandbox.control_http import say
from deploy.sandbox.outbox import Answer, Outbox, post
from deploy.sandbox.settings import ALIPAY_APP_ID, ALIPAY_SELLER_ID, beijing_text
from deploy.sandbox.store import Store
from deploy.sandbox.switches import Switches

NOTICES_SCHEMA = """
CREATE TABLE IF NOT EXISTS notices (
    notify_id TEXT PRIMARY KEY, out_trade_no TEXT NOT NULL, trade_status TEXT NOT NULL,
    fields TEXT NOT NULL, accepted_at REAL
);
"""
Fields = dict[str, str]


class Notices:
    def __init__(self, store: Store, signer: Signer, faults: Switches) -> None:
        self._store, self._signer, self._faults = store, signer, faults
        self._outbox = Outbox(store, self._attempt)

    def add(self, trade: Record, done: Refunded | None = None) -> None:
        """Promise to tell of the trade as it is now, within the transaction that made it so."""
        if not trade["notify_url"]:
            return
        fields = {**trade_fields(trade), **(refund_fields(done) if done else {})}
        self._store.execute(
            "INSERT INTO notices (notify_id, out_trade_no, trade_status, fields) VALUES (?, ?, ?, ?)",
            fields["notify_id"], trade["out_trade_no"], trade["status"], json.dumps(fields),
        )  # fmt: skip
        self._outbox.add(trade["trade_no"], {"url": trade["notify_url"], "notify_id": fields["notify_id"]})

    def dispatch(self) -> None:
        """While the switch is off nothing is tried; what waits goes out when it is on again."""
        if self._faults["notify"] == "on":
            self._outbox.dispatch()

    def of(self, trade: Record) -> list[Record]:
        """Oldest first; fields as they are sent, but for notify_time and sign."""
        rows = self._store.rows("SELECT * FROM notices WHERE out_trade_no = ? ORDER BY rowid", trade["out_trade_no"])
        return [{**dict(row), "fields": json.loads(row["fields"])} for row in rows]

    def send(self, url: str, fields: Fields, spoil_sign: bool = False) -> Answer:
        """One POST of a form, with a new notify_time."""
        form = self._signer.signed({**fields, "notify_time": beijing_text(time.time())})
        if spoil_sign:
            form["sign"] = self._signer.sign_text("something else")
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        answer = post(url, urlencode(form).encode(), headers)
        say("alipay", f"-> {url} {fields['out_trade_no']} {fields['trade_status']} {answer.status_code}")
        return answer

    def _attempt(self, content: dict[str, Any]) -> bool:
        row = self._store.row("SELECT fields FROM notices WHERE notify_id = ?", content["notify_id"])
        accepted = bool(row) and is_accepted(self.send(content["url"], json.loads(row["fields"] if row else "{}")))
        if accepted:
            self._store.execute(
                "UPDATE notices SET accepted_at = ? WHERE notify_id = ?", time.time(), content["notify_id"]
            )
        return accepted


def is_accepted(answer: Answer) -> bool:
    return answer.status_code == 200 and answer.body == "success"


def new_notify_id() -> str:
    return secrets.token_hex(17)


def trade_fields(trade: Record) -> Fields:
    """The fields of a trade_status_sync; empty ones are left out when it is signed."""
    total, content = yuan(trade["total_fen"]), json.loads(trade["content"])
    paid = total if trade["paid_at"] else ""
    return {
        "notify_type": "trade_status_sync", "notify_id": new_notify_id(), "charset": "utf-8", "version": "1.0",
        "app_id": ALIPAY_APP_ID, "auth_app_id": ALIPAY_APP_ID, "seller_id": ALIPAY_SELLER_ID,
        "seller_email": "seller@sandbox.example", "buyer_id": BUYER_ID, "buyer_logon_id": BUYER_LOGON_ID,
        "trade_no": trade["trade_no"], "out_trade_no": trade["out_trade_no"], "trade_status": trade["status"],
        "subject": trade["subject"], "body": str(content.get("body") or ""),
        "passback_params": str(content.get("passback_params") or ""),
        "total_amount": total, "receipt_amount": paid, "invoice_amount": paid, "buyer_pay_amount": paid,
        "point_amount": "0.00" if paid else "",
        "fund_bill_list": json.dumps([{"amount": paid, "fundChannel": "ALIPAYACCOUNT"}]) if paid else "",
        "gmt_create": beijing_text(trade["created_at"]),
        "gmt_payment": beijing_text(trade["paid_at"]) if trade["paid_at"] else "",
        "gmt_close": beijing_text(trade["closed_at"]) if trade["closed_at"] else "",
    }  # fmt: skip


def refund_fields(done: Refunded) -> Fields:
    """What a refund adds: refund_fee is the sum so far, out_biz_no the refund's own number."""
    return {
        "out_biz_no": done.refund["out_request_no"],
        "refund_fee": yuan(done.trade["refunded_fen"]),
        "gmt_refund": beijing_text(done.refund["refunded_at"]),
    }
