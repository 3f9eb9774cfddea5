"""Makes the keys of the mall and of its simulated payment providers, once: python -m deploy.sandbox.keys DIR"""

import os
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from deploy.sandbox.unionpay.certificates import certificate_pem, fits

OWNERS = ("alipay_app", "alipay_provider", "wechatpay_merchant", "wechatpay_platform")
CERTIFIED = ("merchant", "gateway")
ISSUER = "unionpay_issuer"
KEY_BITS = 2048


def ensure_keys(folder: Path) -> list[Path]:
    """PEM files, 0600. What exists is kept; what does not fit its private key is written anew."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pairs = [path for owner in OWNERS for path in _ensure_pair(folder, owner)]
    return pairs + _ensure_certificates(folder)


def _ensure_pair(folder: Path, owner: str) -> tuple[Path, Path]:
    private_path, key = _ensure_private(folder, owner)
    public_path = folder / f"{owner}_public.pem"
    public_pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if not public_path.exists() or public_path.read_bytes() != public_pem:
        public_path.unlink(missing_ok=True)
        _write_once(public_path, public_pem)
    public_path.chmod(0o600)
    return private_path, public_path


def _ensure_certificates(folder: Path) -> list[Path]:
    """UnionPay's protocol speaks of certificates: an issuer's, and of its two customers, the merchant and UnionPay."""
    issuer_path, issuer = _ensure_private(folder, ISSUER)
    issuers = folder / "unionpay_issuers.pem"
    _ensure_certificate(issuers, "issuer", issuer, issuer)
    made = [issuer_path, issuers]
    for name in CERTIFIED:
        private_path, key = _ensure_private(folder, f"unionpay_{name}")
        certificate = folder / f"unionpay_{name}_certificate.pem"
        _ensure_certificate(certificate, name, key, issuer)
        made += [private_path, certificate]
    return made


def _ensure_certificate(path: Path, name: str, key: RSAPrivateKey, issuer: RSAPrivateKey) -> None:
    if not path.exists() or not fits(path.read_bytes(), key, issuer):
        path.unlink(missing_ok=True)
        _write_once(path, certificate_pem(name, key, issuer))
    path.chmod(0o600)


def _ensure_private(folder: Path, owner: str) -> tuple[Path, RSAPrivateKey]:
    path = folder / f"{owner}_private.pem"
    if not path.exists():
        _write_once(path, _private_pem(generate_private_key(public_exponent=65537, key_size=KEY_BITS)))
    path.chmod(0o600)
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, RSAPrivateKey):
        raise SystemExit(f"{path} is not an RSA key")
    return path, key


def _private_pem(key: RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_once(path: Path, content: bytes) -> None:
    """Complete or absent, never half; when two processes race, the first one's key stays."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m deploy.sandbox.keys DIR")
    for made in ensure_keys(Path(sys.argv[1])):
        print(made)
