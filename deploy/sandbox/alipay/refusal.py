"""Refusals, with the codes a client of the real platform knows."""

from deploy.sandbox.till import trades as till


class Refused(Exception):
    """code 40004 (business) or 40002 (arguments), sub_code as documented, sub_msg for a person."""

    def __init__(self, sub_code: str, sub_msg: str, code: str = "40004") -> None:
        super().__init__(sub_code)
        self.code, self.sub_code, self.sub_msg = code, sub_code, sub_msg

    def as_response(self) -> dict[str, str]:
        messages = {"40004": "Business Failed", "40002": "Invalid Arguments", "20000": "Service Currently Unavailable"}
        return {"code": self.code, "msg": messages[self.code], "sub_code": self.sub_code, "sub_msg": self.sub_msg}


WORDS = {
    "unknown": ("ACQ.TRADE_NOT_EXIST", "交易不存在"),
    "closed": ("ACQ.TRADE_HAS_CLOSE", "交易已经关闭"),
    "paid": ("ACQ.TRADE_HAS_SUCCESS", "交易已被支付"),
    "not_paid": ("ACQ.TRADE_STATUS_ERROR", "交易状态不合法"),
    "too_much": ("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限"),
}


def of_till(refused: till.Refused, **others: Refused) -> Refused:
    """What the till refuses, in Alipay's words; ``others`` are those that depend on what was asked."""
    return others.get(refused.why) or Refused(*WORDS[refused.why])


def trade_status_error() -> Refused:
    return Refused(*WORDS["not_paid"])


def context_inconsistent() -> Refused:
    return Refused("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")


def discordant_repeat() -> Refused:
    return Refused("ACQ.DISCORDANT_REPEAT_REQUEST", "请求信息不一致")


def invalid_parameter(what: str) -> Refused:
    return Refused("ACQ.INVALID_PARAMETER", f"参数无效: {what}")


def invalid_signature() -> Refused:
    return Refused("isv.invalid-signature", "验签出错，请检查签名与待签名内容", "40002")


def invalid_app_id() -> Refused:
    return Refused("isv.invalid-app-id", "无效的AppID参数", "40002")


def invalid_method() -> Refused:
    return Refused("isv.invalid-method", "不存在的方法名", "40002")


def unavailable() -> Refused:
    return Refused("isp.unknow-error", "系统繁忙", "20000")
