"""Asynchronous notifications: signed forms, accepted by exactly `success`; and the signed way back to the shop."""

import json
import time
from urllib.parse import urlencode

from deploy.sandbox.alipay.answers import BUYER_ID, BUYER_LOGON_ID, status_of
from deploy.sandbox.alipay.signing import Signer
from deploy.sandbox.outbox import Answer
from deploy.sandbox.settings import ALIPAY_APP_ID, ALIPAY_SELLER_ID, beijing_text
from deploy.sandbox.till.money import yuan
from deploy.sandbox.till.notices import Notice, new_notice_id
from deploy.sandbox.till.trades import Record

FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
Fields = dict[str, str]


def paid_notice(trade: Record) -> Notice:
    return Notice(new_notice_id(), trade["number"], "payment", trade_fields(trade))


def closed_notice(trade: Record) -> Notice:
    return Notice(new_notice_id(), trade["number"], "closing", trade_fields(trade))


def refund_notice(trade: Record, refund: Record) -> Notice:
    """``trade`` as it stands afterwards; refund_fee is the sum so far, out_biz_no the refund's own number."""
    told = {
        "out_biz_no": refund["number"],
        "refund_fee": yuan(trade["refunded_fen"]),
        "gmt_refund": beijing_text(refund["refunded_at"]),
    }
    return Notice(new_notice_id(), trade["number"], "refund", trade_fields(trade) | told)


def trade_fields(trade: Record) -> Fields:
    """The fields of a trade_status_sync; empty ones are left out when it is signed."""
    total, content = yuan(trade["total_fen"]), trade["request"]
    paid = total if trade["paid_at"] else ""
    return {
        "notify_type": "trade_status_sync", "charset": "utf-8", "version": "1.0",
        "app_id": ALIPAY_APP_ID, "auth_app_id": ALIPAY_APP_ID, "seller_id": ALIPAY_SELLER_ID,
        "seller_email": "seller@sandbox.example", "buyer_id": BUYER_ID, "buyer_logon_id": BUYER_LOGON_ID,
        "trade_no": trade["trade_no"], "out_trade_no": trade["number"], "trade_status": status_of(trade),
        "subject": trade["subject"], "body": str(content.get("body") or ""),
        "passback_params": str(content.get("passback_params") or ""),
        "total_amount": total, "receipt_amount": paid, "invoice_amount": paid, "buyer_pay_amount": paid,
        "point_amount": "0.00" if paid else "",
        "fund_bill_list": json.dumps([{"amount": paid, "fundChannel": "ALIPAYACCOUNT"}]) if paid else "",
        "gmt_create": beijing_text(trade["created_at"]),
        "gmt_payment": beijing_text(trade["paid_at"]) if trade["paid_at"] else "",
        "gmt_close": beijing_text(trade["closed_at"]) if trade["closed_at"] else "",
    }  # fmt: skip


def sealed_with(signer: Signer, notice: Notice, spoiled: bool) -> tuple[bytes, dict[str, str]]:
    """With a new notify_time, under the one notify_id."""
    told = {**notice.content, "notify_id": notice.notice_id, "notify_time": beijing_text(time.time())}
    form = signer.signed(told)
    if spoiled:
        form["sign"] = signer.sign_text("something else")
    return urlencode(form).encode(), FORM


def is_accepted(answer: Answer) -> bool:
    return answer.status_code == 200 and answer.body == "success"


def address_back(signer: Signer, trade: Record, return_url: str) -> str:
    """Where the buyer's browser goes afterwards."""
    form = signer.signed({
        "app_id": ALIPAY_APP_ID, "auth_app_id": ALIPAY_APP_ID, "charset": "utf-8",
        "method": f"{trade['request']['method']}.return", "out_trade_no": trade["number"],
        "seller_id": ALIPAY_SELLER_ID, "timestamp": beijing_text(time.time()),
        "total_amount": yuan(trade["total_fen"]), "trade_no": trade["trade_no"], "version": "1.0",
    })  # fmt: skip
    joint = "&" if "?" in return_url else "?"
    return f"{return_url}{joint}{urlencode(form)}"
