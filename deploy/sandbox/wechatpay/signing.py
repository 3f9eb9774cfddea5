"""WECHATPAY2-SHA256-RSA2048: requests carry an Authorization, answers and notifications four headers."""

import re
import secrets
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from deploy.sandbox import rsa
from deploy.sandbox.settings import WECHATPAY_MERCHANT_ID, WECHATPAY_MERCHANT_SERIAL, WECHATPAY_PLATFORM_SERIAL

_PART = re.compile(r'(\w+)="([^"]*)"')
FRESH_S = 300


@dataclass(frozen=True)
class Seal:
    platform_key: RSAPrivateKey
    merchant_key: RSAPublicKey
    api_v3_key: bytes

    @classmethod
    def of(cls, platform_pem: bytes, merchant_pem: bytes, api_v3_key: str) -> "Seal":
        merchant = load_pem_public_key(merchant_pem)
        if not isinstance(merchant, RSAPublicKey):
            raise SystemExit("the merchant's key is not an RSA key")
        return cls(rsa.private_key(platform_pem), merchant, api_v3_key.encode())

    def headers(self, body: str) -> dict[str, str]:
        timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
        return {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": WECHATPAY_PLATFORM_SERIAL,
            "Wechatpay-Signature": rsa.sign(self.platform_key, f"{timestamp}\n{nonce}\n{body}\n"),
        }

    def is_of_merchant(self, authorization: str, method: str, path: str, body: str) -> bool:
        scheme, _, rest = authorization.partition(" ")
        parts = dict(_PART.findall(rest))
        if scheme != "WECHATPAY2-SHA256-RSA2048" or not _is_known(parts):
            return False
        text = f"{method}\n{path}\n{parts['timestamp']}\n{parts['nonce_str']}\n{body}\n"
        return rsa.is_signed(self.merchant_key, text, parts.get("signature", ""))

    def closed(self, text: str, associated: str) -> dict[str, str]:
        nonce = secrets.token_hex(6)
        ciphertext = AESGCM(self.api_v3_key).encrypt(nonce.encode(), text.encode(), associated.encode())
        return {
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": b64encode(ciphertext).decode(),
            "nonce": nonce,
            "associated_data": associated,
            "original_type": associated,
        }


def _is_known(parts: Mapping[str, str]) -> bool:
    timestamp = parts.get("timestamp", "")
    if parts.get("mchid") != WECHATPAY_MERCHANT_ID or parts.get("serial_no") != WECHATPAY_MERCHANT_SERIAL:
        return False
    return timestamp.isdigit() and abs(time.time() - int(timestamp)) <= FRESH_S and bool(parts.get("nonce_str"))
