"""SHA-256 with RSA (PKCS#1 v1.5), base64: what all three providers sign with, each over a text of its own."""

from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key


class Signer:
    def __init__(self, private_pem: str) -> None:
        """Raises ValueError for anything but an RSA private key."""
        key = load_pem_private_key(private_pem.encode(), None)
        if not isinstance(key, RSAPrivateKey):
            raise ValueError("not an RSA private key")
        self.key = key

    def sign(self, text: str) -> str:
        return b64encode(self.key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def rsa_public_key(public_pem: str) -> RSAPublicKey:
    """Raises ValueError for anything but an RSA public key."""
    key = load_pem_public_key(public_pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise ValueError("not an RSA public key")
    return key


def is_signed(key: RSAPublicKey, text: str, signature: str) -> bool:
    """False also for what is no base64: rubbish between its letters is not passed over, and there is one way to write
    a signature, so that no changed one passes."""
    try:
        raw = b64decode(signature, validate=True)
        key.verify(raw, text.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return b64encode(raw).decode() == signature
