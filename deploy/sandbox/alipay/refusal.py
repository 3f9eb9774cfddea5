"""Refusals, with the codes a client of the real platform knows."""


class Refused(Exception):
    """code 40004 (business) or 40002 (arguments), sub_code as documented, sub_msg for a person."""

    def __init__(self, sub_code: str, sub_msg: str, code: str = "40004") -> None:
        super().__init__(sub_code)
        self.code, self.sub_code, self.sub_msg = code, sub_code, sub_msg

    def as_response(self) -> dict[str, str]:
        messages = {"40004": "Business Failed", "40002": "Invalid Arguments", "20000": "Service Currently Unavailable"}
        return {"code": self.code, "msg": messages[self.code], "sub_code": self.sub_code, "sub_msg": self.sub_msg}


def trade_not_exist() -> Refused:
    return Refused("ACQ.TRADE_NOT_EXIST", "交易不存在")


def trade_status_error() -> Refused:
    return Refused("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")


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
