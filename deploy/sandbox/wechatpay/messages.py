"""A transaction as queries and notifications tell it, and the envelope of a notification."""

import json
from typing import Any

from deploy.sandbox.outbox import Answer
from deploy.sandbox.settings import WECHATPAY_APP_ID, WECHATPAY_MERCHANT_ID, iso_text
from deploy.sandbox.till.notices import Notice, new_notice_id
from deploy.sandbox.till.trades import CLOSED, PAID, Record
from deploy.sandbox.wechatpay.signing import Seal

PAYER = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
EVENTS = {
    "payment": ("TRANSACTION.SUCCESS", "支付成功", "transaction"),
    "refund": ("REFUND.SUCCESS", "退款成功", "refund"),
}


def transaction(trade: Record) -> dict[str, Any]:
    """What is not paid has no transaction_id, payer or success_time."""
    told: dict[str, Any] = {
        "appid": WECHATPAY_APP_ID,
        "mchid": WECHATPAY_MERCHANT_ID,
        "out_trade_no": trade["number"],
        "amount": {"total": trade["total_fen"], "currency": "CNY"},
        "trade_type": "MWEB",
    }
    if trade["status"] != PAID:
        closed = trade["status"] == CLOSED
        return {
            **told,
            "trade_state": "CLOSED" if closed else "NOTPAY",
            "trade_state_desc": "已关闭" if closed else "未支付",
        }
    told["amount"] |= {"payer_total": trade["total_fen"], "payer_currency": "CNY"}
    refunded = trade["refunded_fen"] > 0
    return {
        **told,
        "transaction_id": trade["trade_no"],
        "trade_state": "REFUND" if refunded else "SUCCESS",
        "trade_state_desc": "转入退款" if refunded else "支付成功",
        "bank_type": "CMC_DEBIT",
        "attach": "",
        "success_time": iso_text(trade["paid_at"]),
        "payer": {"openid": PAYER},
    }


def refunded(refund: Record, trade: Record) -> dict[str, Any]:
    return {
        "refund_id": refund["refund_no"],
        "out_refund_no": refund["number"],
        "transaction_id": trade["trade_no"],
        "out_trade_no": trade["number"],
        "channel": "ORIGINAL",
        "user_received_account": "招商银行信用卡0403",
        "success_time": iso_text(refund["refunded_at"]),
        "create_time": iso_text(refund["refunded_at"]),
        "status": "SUCCESS",
        "amount": {"total": trade["total_fen"], "refund": refund["amount_fen"], "currency": "CNY"},
    }


def paid_notice(trade: Record) -> Notice:
    return Notice(new_notice_id(), trade["number"], "payment", transaction({**trade, "refunded_fen": 0}))


def refund_notice(refund: Record, trade: Record) -> Notice:
    told = {"mchid": WECHATPAY_MERCHANT_ID, **refunded(refund, trade), "refund_status": "SUCCESS"}
    return Notice(new_notice_id(), trade["number"], "refund", told)


def sealed_with(seal: Seal, notice: Notice, spoiled: bool) -> tuple[bytes, dict[str, str]]:
    event, summary, associated = EVENTS[notice.what]
    told = notice.content
    letter = {
        "id": notice.notice_id,
        "create_time": str(told.get("success_time", "")),
        "resource_type": "encrypt-resource",
        "event_type": event,
        "summary": summary,
        "resource": seal.closed(json.dumps(told, ensure_ascii=False), associated),
    }
    body = json.dumps(letter, ensure_ascii=False)
    headers = seal.headers("something else" if spoiled else body)
    return body.encode(), {"content-type": "application/json", **headers}


def is_accepted(answer: Answer) -> bool:
    return answer.status_code in (200, 204)
