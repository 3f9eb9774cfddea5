"""RSA2 as the open platform has it: SHA-256 with RSA (PKCS#1 v1.5) over sorted key=value pairs, base64."""

from base64 import b64decode, b64encode
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key


def canonical(values: Mapping[str, str], *left_out: str) -> str:
    """Sorted pairs joined by &, not URL-encoded, without the empty ones."""
    return "&".join(f"{key}={value}" for key, value in sorted(values.items()) if value and key not in left_out)


class Signer:
    """The provider's private key."""

    def __init__(self, private_pem: bytes) -> None:
        key = load_pem_private_key(private_pem, None)
        if not isinstance(key, RSAPrivateKey):
            raise SystemExit("the provider's key is not an RSA key")
        self._key = key

    def sign_text(self, text: str) -> str:
        return b64encode(self._key.sign(text.encode(), PKCS1v15(), SHA256())).decode()

    def signed(self, values: Mapping[str, str]) -> dict[str, str]:
        """For notifications and the return to the shop, whose signature leaves sign_type out."""
        kept = {key: value for key, value in values.items() if value}
        return {**kept, "sign_type": "RSA2", "sign": self.sign_text(canonical(kept, "sign", "sign_type"))}


class Verifier:
    """The app's public key."""

    def __init__(self, public_pem: bytes) -> None:
        key = load_pem_public_key(public_pem)
        if not isinstance(key, RSAPublicKey):
            raise SystemExit("the app's key is not an RSA key")
        self._key = key

    def is_signed(self, request: Mapping[str, str]) -> bool:
        """A request's signature covers sign_type too."""
        try:
            signature = b64decode(request.get("sign", ""), validate=True)
            self._key.verify(signature, canonical(request, "sign").encode(), PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return False
        return request.get("sign_type") == "RSA2"
