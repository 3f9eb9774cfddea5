"""UnionPay's signatures, version 5.1.0 with signMethod 01.

What is signed is the SHA-256 of the sorted pairs, as hex text: the digest is hashed again by the signature. The other
side's certificate comes in the message itself, so what makes a message genuine is who issued that certificate and for
whom. After the acpsdk that UnionPay publishes (open.unionpay.com).
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import Certificate, load_pem_x509_certificate, load_pem_x509_certificates
from cryptography.x509.oid import NameOID

from services.orders.adapters.payments.rsa_sha256 import Signer, is_signed

SIGNATURE, CERTIFICATE = "signature", "signPubKeyCert"
UNIONPAY_NAMES = ("中国银联股份有限公司", "00040000:SIGN")


class UnionPaySigner:
    def __init__(self, private_pem: str, certificate_pem: str) -> None:
        """Raises ValueError for what is no RSA key or no certificate."""
        self.signer = Signer(private_pem)
        self.cert_id = str(load_pem_x509_certificate(certificate_pem.encode()).serial_number)

    def signed(self, fields: Mapping[str, str]) -> dict[str, str]:
        full = {name: value for name, value in fields.items() if value} | {"certId": self.cert_id}
        return full | {SIGNATURE: self.signer.sign(signed_text(full))}


class UnionPayVerifier:
    def __init__(self, issuers_pem: str) -> None:
        """``issuers_pem``: certificates of who may certify UnionPay. Raises ValueError if there is none."""
        self.issuers = load_pem_x509_certificates(issuers_pem.encode())

    def is_genuine(self, fields: Mapping[str, str], now: datetime) -> bool:
        """False also for a certificate that cannot be read: it is taken apart only when one looks into it."""
        try:
            certificate = load_pem_x509_certificate(fields.get(CERTIFICATE, "").encode())
            key = certificate.public_key()
            is_theirs = self._is_of_unionpay(certificate, now)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            return False
        return is_theirs and isinstance(key, RSAPublicKey) and is_signed_by(key, fields)

    def _is_of_unionpay(self, certificate: Certificate, now: datetime) -> bool:
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            return False
        return name_in(certificate) in UNIONPAY_NAMES and any(_issued(certificate, by) for by in self.issuers)


def is_signed_by(key: RSAPublicKey, fields: Mapping[str, str]) -> bool:
    return is_signed(key, signed_text(fields), fields.get(SIGNATURE, ""))


def signed_text(fields: Mapping[str, str]) -> str:
    pairs = sorted((name, value) for name, value in fields.items() if name != SIGNATURE)
    return sha256("&".join(f"{name}={value}" for name, value in pairs).encode()).hexdigest()


def name_in(certificate: Certificate) -> str:
    """The third part of a common name such as ``041@8310000000083040@中国银联股份有限公司@00016494``."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    parts = str(names[0].value).split("@") if names else []
    return parts[2] if len(parts) > 2 else ""


def _issued(certificate: Certificate, issuer: Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
