"""`.mall/secrets.json`: made once, readable by its owner only. Development secrets; real ones come from outside."""

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path


def _webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


SECRETS: Mapping[str, Callable[[], str]] = {
    "carrier_webhook_secret": _webhook_secret,
    "topup_webhook_secret": _webhook_secret,
    "session_pepper": lambda: secrets.token_hex(32),
    "cursor_key": lambda: secrets.token_hex(32),
    "wechatpay_api_v3_key": lambda: secrets.token_hex(16),  # 32 characters
    "phone_pepper": lambda: secrets.token_hex(32),
}


def ensure_secrets(file: Path, passwords: Iterable[str] = ()) -> None:
    """What is there stays; what is missing is made, ``passwords`` too, by their names."""
    known = json.loads(file.read_text()) if file.exists() else {}
    wanted = {**SECRETS, **{name: lambda: secrets.token_hex(24) for name in passwords}}
    missing = {name: make() for name, make in wanted.items() if name not in known}
    if missing:
        _write(file, {**known, **missing})


def _write(file: Path, content: Mapping[str, str]) -> None:
    aside = file.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(content, stream, indent=1)
    aside.replace(file)
