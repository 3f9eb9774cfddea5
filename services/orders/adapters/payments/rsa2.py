"""Alipay's RSA2: checking signatures over the very text that was signed.

The SDK can do it too, but it changes the form it checks, takes base64 with rubbish in it, and loses its way in answers
that have a brace inside a text.
"""

import json
from collections.abc import Mapping
from typing import Any

from services.orders.adapters.payments.rsa_sha256 import is_signed, rsa_public_key


class Rsa2Verifier:
    def __init__(self, public_pem: str) -> None:
        """Raises ValueError for anything but an RSA public key."""
        self.key = rsa_public_key(public_pem)

    def is_signed_form(self, form: Mapping[str, str]) -> bool:
        """A notification: every field that is not empty, but sign and sign_type, sorted."""
        signed = sorted((name, value) for name, value in form.items() if value and name not in ("sign", "sign_type"))
        text = "&".join(f"{name}={value}" for name, value in signed)
        return form.get("sign_type") == "RSA2" and is_signed(self.key, text, form.get("sign", ""))

    def signed_part(self, answer: str, name: str) -> dict[str, Any]:
        """The object ``name`` of a synchronous answer; raises ValueError unless its text is signed."""
        whole, marker = _read(answer), f'"{name}":'
        if not isinstance(whole, dict) or not isinstance(whole.get(name), dict):
            raise ValueError(f"an answer without {name}")
        start = answer.index(marker) + len(marker)
        start += len(answer[start:]) - len(answer[start:].lstrip())
        part, end = json.JSONDecoder().raw_decode(answer, start)
        if not is_signed(self.key, answer[start:end], str(whole.get("sign", ""))):
            raise ValueError(f"{name} is not signed by the provider")
        return part


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
