"""The fields of the gateway's responses."""

from deploy.sandbox.alipay.money import yuan
from deploy.sandbox.alipay.refunds import Refunded
from deploy.sandbox.alipay.trades import Record
from deploy.sandbox.settings import beijing_text

BUYER_ID, BUYER_LOGON_ID = "2088000000000099", "138****0001"
SUCCESS = {"code": "10000", "msg": "Success"}


def queried(trade: Record) -> dict[str, str]:
    paid = yuan(trade["total_fen"]) if trade["paid_at"] else "0.00"
    answer = {
        **SUCCESS,
        "buyer_logon_id": BUYER_LOGON_ID,
        "buyer_pay_amount": paid,
        "buyer_user_id": BUYER_ID,
        "invoice_amount": paid,
        "out_trade_no": trade["out_trade_no"],
        "point_amount": "0.00",
        "receipt_amount": paid,
        "subject": trade["subject"],
        "total_amount": yuan(trade["total_fen"]),
        "trade_no": trade["trade_no"],
        "trade_status": trade["status"],
    }
    if trade["paid_at"]:
        answer["send_pay_date"] = beijing_text(trade["paid_at"])
    return answer


def closed(trade: Record) -> dict[str, str]:
    return {**SUCCESS, "out_trade_no": trade["out_trade_no"], "trade_no": trade["trade_no"]}


def refunded(done: Refunded) -> dict[str, str]:
    """refund_fee is all that was refunded so far; fund_change N says that this request moved no money."""
    return {
        **SUCCESS,
        "buyer_logon_id": BUYER_LOGON_ID,
        "buyer_user_id": BUYER_ID,
        "fund_change": "Y" if done.is_new else "N",
        "gmt_refund_pay": beijing_text(done.refund["refunded_at"]),
        "out_trade_no": done.trade["out_trade_no"],
        "refund_fee": yuan(done.trade["refunded_fen"]),
        "send_back_fee": yuan(done.refund["amount_fen"]),
        "trade_no": done.trade["trade_no"],
    }


def refund_queried(trade: Record, refund: Record | None) -> dict[str, str]:
    """A refund that does not exist is a success without refund fields, as on the real platform."""
    if not refund:
        return dict(SUCCESS)
    return {
        **SUCCESS,
        "gmt_refund_pay": beijing_text(refund["refunded_at"]),
        "out_request_no": refund["out_request_no"],
        "out_trade_no": trade["out_trade_no"],
        "refund_amount": yuan(refund["amount_fen"]),
        "refund_reason": refund["reason"],
        "refund_status": "REFUND_SUCCESS",
        "total_amount": yuan(trade["total_fen"]),
        "trade_no": trade["trade_no"],
    }
