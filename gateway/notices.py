"""How payment providers send their notices, and the words they understand.

Whether a notice is genuine is for orders to say. Here is only what the edge has to know: the form it comes in, and the
answer that ends its repetition.
"""

from dataclasses import dataclass

from services.chassis.refusal import Refused
from services.orders import contract as orders

FORM, JSON, TEXT = "application/x-www-form-urlencoded", "application/json", "text/plain"
FAILED = '{"code":"FAIL","message":"失败"}'


@dataclass(frozen=True)
class Word:
    status: int
    text: str = ""
    media_type: str = TEXT


@dataclass(frozen=True)
class Manners:
    """``not_genuine`` and ``not_applied`` make the provider send it again."""

    media_type: str
    taken: Word
    not_genuine: Word
    not_applied: Word
    signed_headers: tuple[str, ...] = ()

    def to_refusal(self, refusal: Refused) -> Word:
        """Raises what no provider has a word for."""
        if refusal.code == orders.NOTICE_NOT_GENUINE:
            return self.not_genuine
        if refusal.code in (orders.PAYMENT_UNKNOWN, orders.AMOUNT_DIFFERS):
            return self.not_applied
        raise refusal


MANNERS = {
    # reads the word alone: repeats until it is "success"
    "alipay": Manners(FORM, Word(200, "success"), Word(401, "failure"), Word(200, "failure")),
    # UnionPay reads the status alone: repeats until it is 200
    "bank": Manners(FORM, Word(200, "ok"), Word(401, "failure"), Word(409, "failure")),
    # WeChat Pay reads the status: repeats until it is 200 or 204, and wants to be told why not
    "mobile": Manners(
        JSON,
        Word(204),
        Word(401, FAILED, JSON),
        Word(409, FAILED, JSON),
        ("wechatpay-timestamp", "wechatpay-nonce", "wechatpay-signature", "wechatpay-serial"),
    ),
}


def manners_of(provider: str) -> Manners:
    try:
        return MANNERS[provider]
    except KeyError:
        raise Refused(orders.PROVIDER_UNKNOWN, "no such payment provider", provider=provider) from None
