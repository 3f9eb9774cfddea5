"""What WeChat Pay's APIv3 signs and encrypts (pay.weixin.qq.com/doc/v3: 签名生成, 签名验证, 回调报文解密)."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.orders.adapters.payments.rsa_sha256 import Signer, is_signed, rsa_public_key

SCHEME = "WECHATPAY2-SHA256-RSA2048"
SIGNED_HEADERS = ("wechatpay-timestamp", "wechatpay-nonce", "wechatpay-signature", "wechatpay-serial")
FRESH_S = 300
ALGORITHM = "AEAD_AES_256_GCM"


class WechatPaySigner:
    """The merchant's side: every request says who signed it, with which certificate."""

    def __init__(self, merchant_id: str, serial: str, private_pem: str) -> None:
        self.merchant_id, self.serial, self.signer = merchant_id, serial, Signer(private_pem)

    def authorization(self, method: str, path: str, body: str, now: datetime) -> str:
        """``path`` with its query."""
        timestamp, nonce = str(int(now.timestamp())), token_hex(16).upper()
        signature = self.signer.sign(signed_text(method, path, timestamp, nonce, body))
        parts = {
            "mchid": self.merchant_id,
            "nonce_str": nonce,
            "signature": signature,
            "timestamp": timestamp,
            "serial_no": self.serial,
        }
        return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in parts.items())


class WechatPayVerifier:
    """WeChat Pay's side: answers and notices are signed with the key that ``serial`` names."""

    def __init__(self, serial: str, public_pem: str) -> None:
        self.serial, self.key = serial, rsa_public_key(public_pem)

    def is_genuine(self, headers: Mapping[str, str], body: str, now: datetime) -> bool:
        """``headers`` by names in small letters. What is older than five minutes is a repetition by somebody else."""
        timestamp, nonce, signature, serial = (headers.get(name, "") for name in SIGNED_HEADERS)
        if serial != self.serial or not _is_fresh(timestamp, now):
            return False
        return is_signed(self.key, signed_text(timestamp, nonce, body), signature)


def signed_text(*lines: str) -> str:
    """Every line ends with a line feed, the last one too."""
    return "".join(f"{line}\n" for line in lines)


def opened(resource: Any, key: bytes) -> str:
    """The text that a notice carries under the APIv3 key; raises ValueError for what was not closed with it."""
    if not isinstance(resource, dict) or resource.get("algorithm") != ALGORITHM:
        raise ValueError(f"nothing that {ALGORITHM} closed")
    try:
        closed = b64decode(str(resource["ciphertext"]), validate=True)
        associated = str(resource.get("associated_data") or "").encode()
        return AESGCM(key).decrypt(str(resource["nonce"]).encode(), closed, associated).decode()
    except (KeyError, NotBase64, InvalidTag) as problem:
        raise ValueError(f"not closed with our key: {type(problem).__name__}") from None


def _is_fresh(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        return False
    return abs((now - datetime.fromtimestamp(int(timestamp), UTC)).total_seconds()) <= FRESH_S
