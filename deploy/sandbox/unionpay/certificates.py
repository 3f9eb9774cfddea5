"""Certificates as UnionPay's: an issuer's own, and those that it gives to the merchant and to UnionPay itself."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

NAMES = {
    "issuer": "Sandbox OCA1",
    "merchant": "041@Z777290058110001@积分商城@00000001",
    "gateway": "041@8310000000083040@中国银联股份有限公司@00000001",
}
GOOD_FOR = timedelta(days=3650)
SERIAL_BITS = 64  # a serial number as text must fit UnionPay's certId


def certificate_pem(name: str, key: RSAPrivateKey, issuer: RSAPrivateKey) -> bytes:
    now = datetime.now(UTC)
    is_issuer = name == "issuer"
    serial = x509.random_serial_number() >> (160 - SERIAL_BITS) or 1
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(NAMES[name]))
        .issuer_name(_name(NAMES["issuer"]))
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + GOOD_FOR)
        .add_extension(x509.BasicConstraints(ca=is_issuer, path_length=None), critical=True)
        .sign(issuer, SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def fits(pem: bytes, key: RSAPrivateKey, issuer: RSAPrivateKey) -> bool:
    """Of this key, given by this issuer."""
    try:
        certificate = x509.load_pem_x509_certificate(pem)
        digest = certificate.signature_hash_algorithm or SHA256()
        padding = certificate.signature_algorithm_parameters
        issuer.public_key().verify(certificate.signature, certificate.tbs_certificate_bytes, padding, digest)  # type: ignore[arg-type]
    except (ValueError, InvalidSignature):
        return False
    return certificate.public_key() == key.public_key()


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
