"""Keys, certificates and times for tests of payment providers; a client that stands where PartnerClient stands."""

from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from services.orders.domain.provider import PaymentAtProvider, PaymentToStart, RefundAtProvider

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # in China
HEX = "7d0c1e5ab4d74f0f9c7be20a4f1d6e32"
PAYMENT = PaymentAtProvider(f"pay_{HEX}", 9900, NOON, HEX, "991203021200001234567")
REFUND = RefundAtProvider(f"rfd_{HEX}", 150, "late_payment", NOON + timedelta(minutes=20), HEX[::-1])


def to_start(**changes) -> PaymentToStart:
    told = {"subject": "积分商城订单 1", "pay_by": NOON + timedelta(minutes=15), "return_url": "https://mall.example/r"}
    return PaymentToStart(
        PAYMENT.payment_id, 9900, NOON, PAYMENT.number, **told | {"buyer_ip": "203.0.113.9"} | changes
    )


@cache
def key_of(owner: str) -> RSAPrivateKey:
    """One a name, made once: they take a while."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(owner: str) -> str:
    return key_of(owner).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(owner: str) -> str:
    return key_of(owner).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Sent:
    """What was asked, and one answer (or an exception) for all of it; ``answer`` may look at the request."""

    def __init__(self, answer=None) -> None:
        self.answer, self.requests = answer, []

    def request(self, method, url, data=b"", headers=None, patience_s=None):
        self.requests.append((method, url, data, headers))
        answer = self.answer(method, url, data) if callable(self.answer) else self.answer
        if isinstance(answer, Exception):
            raise answer
        return answer


class Reply:
    """As ``requests`` has it, as far as the adapters look."""

    def __init__(self, text: str, status_code: int = 200, headers=None) -> None:
        self.content, self.status_code, self.headers = text.encode(), status_code, headers or {}
