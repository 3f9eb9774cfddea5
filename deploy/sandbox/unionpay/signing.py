"""Version 5.1.0, signMethod 01: RSA over the hex SHA-256 of the sorted pairs; UnionPay's certificate goes along."""

from collections.abc import Mapping
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from deploy.sandbox import rsa


def digest_text(fields: Mapping[str, str]) -> str:
    pairs = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "signature")
    return sha256(pairs.encode()).hexdigest()


class Seal:
    """UnionPay's own key, and the merchant's certificate, by whose number requests say who made them."""

    def __init__(self, gateway_key: bytes, gateway_certificate: bytes, merchant_certificate: bytes) -> None:
        self._key, self._certificate = rsa.private_key(gateway_key), gateway_certificate.decode().strip()
        merchant = load_pem_x509_certificate(merchant_certificate)
        key = merchant.public_key()
        if not isinstance(key, RSAPublicKey):
            raise SystemExit("the merchant's certificate has no RSA key")
        self._merchant_key, self._cert_id = key, str(merchant.serial_number)

    def signed(self, fields: Mapping[str, str]) -> dict[str, str]:
        full = {name: value for name, value in fields.items() if value}
        full |= {"signMethod": "01", "signPubKeyCert": self._certificate}
        return full | {"signature": rsa.sign(self._key, digest_text(full))}

    def is_of_merchant(self, fields: Mapping[str, str]) -> bool:
        if fields.get("certId") != self._cert_id or fields.get("signMethod") != "01":
            return False
        return rsa.is_signed(self._merchant_key, digest_text(fields), fields.get("signature", ""))
