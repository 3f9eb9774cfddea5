"""The fields of notifications, and those that an answer repeats."""

from collections.abc import Mapping
from urllib.parse import urlencode

from deploy.sandbox.outbox import Answer
from deploy.sandbox.settings import UNIONPAY_MERCHANT_ID
from deploy.sandbox.till.notices import Notice, new_notice_id
from deploy.sandbox.till.trades import Record
from deploy.sandbox.unionpay.signing import Seal

ECHOED = ("version", "encoding", "txnType", "txnSubType", "bizType", "accessType", "merId", "orderId", "txnTime")
FORM = {"content-type": "application/x-www-form-urlencoded;charset=UTF-8"}


def echoed(asked: Mapping[str, str]) -> dict[str, str]:
    return {name: asked[name] for name in ECHOED if name in asked}


def paid_notice(trade: Record) -> Notice:
    return Notice(new_notice_id(), trade["number"], "payment", {
        **_common(trade["request"], trade["trade_no"], trade["total_fen"]), "txnType": "01", "txnSubType": "01",
    })  # fmt: skip


def refund_notice(refund: Record, trade: Record) -> Notice:
    return Notice(new_notice_id(), trade["number"], "refund", {
        **_common(refund["request"], refund["refund_no"], refund["amount_fen"]), "txnType": "04", "txnSubType": "00",
        "origQryId": trade["trade_no"], "reqReserved": refund["request"].get("reqReserved", ""),
    })  # fmt: skip


def _common(asked: Mapping[str, str], number: str, amount_fen: int) -> dict[str, str]:
    return {
        "version": "5.1.0", "encoding": "UTF-8", "bizType": "000201", "accessType": "0",
        "merId": UNIONPAY_MERCHANT_ID, "orderId": asked["orderId"], "txnTime": asked["txnTime"],
        "txnAmt": str(amount_fen), "currencyCode": "156", "queryId": number, "respCode": "00",
        "respMsg": "成功[0000000]", "settleAmt": str(amount_fen), "settleCurrencyCode": "156",
        "settleDate": asked["txnTime"][4:8], "traceNo": number[-6:], "traceTime": asked["txnTime"][4:],
        "accNo": "6216***********0018",
    }  # fmt: skip


def form_back(seal: Seal, trade: Record) -> dict[str, str]:
    """What the buyer's browser brings to the shop: the same words as the notice."""
    return seal.signed(paid_notice(trade).content)


def sealed_with(seal: Seal, notice: Notice, spoiled: bool) -> tuple[bytes, dict[str, str]]:
    fields = seal.signed(notice.content)
    if spoiled:
        fields["signature"] = seal.signed({"something": "else"})["signature"]
    return urlencode(fields).encode(), FORM


def is_accepted(answer: Answer) -> bool:
    """UnionPay looks at the status alone."""
    return answer.status_code == 200
