"""Makes the RSA pairs of the mall's Alipay app and of the sandbox provider, once: python -m deploy.sandbox.keys DIR"""

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

OWNERS = ("alipay_app", "alipay_provider")
KEY_BITS = 2048


def ensure_keys(folder: Path) -> list[Path]:
    """Four PEM files, 0600. What exists is kept; a public key that does not fit its private one is written anew."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [path for owner in OWNERS for path in _ensure_pair(folder, owner)]


def _ensure_pair(folder: Path, owner: str) -> tuple[Path, Path]:
    private_path, public_path = folder / f"{owner}_private.pem", folder / f"{owner}_public.pem"
    if not private_path.exists():
        _write_once(private_path, _private_pem(generate_private_key(public_exponent=65537, key_size=KEY_BITS)))
    key = load_pem_private_key(private_path.read_bytes(), None)
    public_pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if not public_path.exists() or public_path.read_bytes() != public_pem:
        public_path.unlink(missing_ok=True)
        _write_once(public_path, public_pem)
    for path in (private_path, public_path):
        path.chmod(0o600)
    return private_path, public_path


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
