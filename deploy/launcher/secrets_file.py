"""`.mall/secrets.json`: made once, readable by its owner only. Development secrets; real ones come from outside."""

import base64
import json
import os
import secrets
from pathlib import Path


def ensure_secrets(file: Path) -> None:
    if file.exists():
        return
    content = {
        "carrier_webhook_secret": "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "session_pepper": secrets.token_hex(32),
        "cursor_key": secrets.token_hex(32),
        "phone_pepper": secrets.token_hex(32),
    }
    aside = file.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(content, stream, indent=1)
    aside.replace(file)
