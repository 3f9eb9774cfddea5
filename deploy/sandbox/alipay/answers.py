"""The fields of the gateway's responses."""

from deploy.sandbox.settings import beijing_text
from deploy.sandbox.till.money import yuan
from deploy.sandbox.till.trades import PAID, WAITING, Record

BUYER_ID, BUYER_LOGON_ID = "2088000000000099", "138****0001"
SUCCESS = {"code": "10000", "msg": "Success"}


def status_of(trade: Record) -> str:
    """In Alipay's words; a trade closes, too, when all of it was given back."""
    if trade["status"] == WAITING:
        return "WAIT_BUYER_PAY"
    is_kept = trade["status"] == PAID and trade["refunded_fen"] < trade["total_fen"]
    return "TRADE_SUCCESS" if is_kept else "TRADE_CLOSED"


def queried(trade: Record) -> dict[str, str]:
    paid = yuan(trade["total_fen"]) if trade["paid_at"] else "0.00"
    answer = {
        **SUCCESS,
        "buyer_logon_id": BUYER_LOGON_ID,
        "buyer_pay_amount": paid,
        "buyer_user_id": BUYER_ID,
        "invoice_amount": paid,
        "out_trade_no": trade["number"],
        "point_amount": "0.00",
        "receipt_amount": paid,
        "subject": trade["subject"],
        "total_amount": yuan(trade["total_fen"]),
        "trade_no": trade["trade_no"],
        "trade_status": status_of(trade),
    }
    if trade["paid_at"]:
        answer["send_pay_date"] = beijing_text(trade["paid_at"])
    return answer


def closed(trade: Record) -> dict[str, str]:
    return {**SUCCESS, "out_trade_no": trade["number"], "trade_no": trade["trade_no"]}


def refunded(trade: Record, refund: Record, is_new: bool) -> dict[str, str]:
    """``trade`` as it stands afterwards. refund_fee is all that was refunded so far; fund_change N says that this
    request moved no money."""
    return {
        **SUCCESS,
        "buyer_logon_id": BUYER_LOGON_ID,
        "buyer_user_id": BUYER_ID,
        "fund_change": "Y" if is_new else "N",
        "gmt_refund_pay": beijing_text(refund["refunded_at"]),
        "out_trade_no": trade["number"],
        "refund_fee": yuan(trade["refunded_fen"]),
        "send_back_fee": yuan(refund["amount_fen"]),
        "trade_no": trade["trade_no"],
    }


def refund_queried(trade: Record, refund: Record | None) -> dict[str, str]:
    """A refund that does not exist is a success without refund fields, as on the real platform."""
    if not refund:
        return dict(SUCCESS)
    return {
        **SUCCESS,
        "gmt_refund_pay": beijing_text(refund["refunded_at"]),
        "out_request_no": refund["number"],
        "out_trade_no": trade["number"],
        "refund_amount": yuan(refund["amount_fen"]),
        "refund_reason": str(refund["request"].get("refund_reason") or ""),
        "refund_status": "REFUND_SUCCESS",
        "total_amount": yuan(trade["total_fen"]),
        "trade_no": trade["trade_no"],
    }
