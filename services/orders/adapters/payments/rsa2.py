"""Checking RSA2 signatures (SHA-256 with RSA, PKCS#1 v1.5, base64) over the very text that was signed.

The SDK can do it too, but it changes the form it checks, takes base64 with rubbish in it, and loses its way in answers
that have a brace inside a text.
"""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key


class Rsa2Verifier:
    def __init__(self, public_pem: str) -> None:
        """Raises ValueError for anything but an RSA public key."""
        key = load_pem_public_key(public_pem.encode())
        if not isinstance(key, RSAPublicKey):
            raise ValueError("not an RSA public key")
        self.key = key

    def is_signed(self, text: str, signature: str) -> bool:
        try:
            self.key.verify(b64decode(signature, validate=True), text.encode(), PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True

    def is_signed_form(self, form: Mapping[str, str]) -> bool:
        """A notification: every field that is not empty, but sign and sign_type, sorted."""
        signed = sorted((name, value) for name, value in form.items() if value and name not in ("sign", "sign_type"))
        text = "&".join(f"{name}={value}" for name, value in signed)
        return form.get("sign_type") == "RSA2" and self.is_signed(text, form.get("sign", ""))

    def signed_part(self, answer: str, name: str) -> dict[str, Any]:
        """The object ``name`` of a synchronous answer; raises ValueError unless its text is signed."""
        whole, marker = json.loads(answer), f'"{name}":'
        if not isinstance(whole, dict) or not isinstance(whole.get(name), dict):
            raise ValueError(f"an answer without {name}")
        start = answer.index(marker) + len(marker)
        start += len(answer[start:]) - len(answer[start:].lstrip())
        part, end = json.JSONDecoder().raw_decode(answer, start)
        if not self.is_signed(answer[start:end], str(whole.get("sign", ""))):
            raise ValueError(f"{name} is not signed by the provider")
        return part
