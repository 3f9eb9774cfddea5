"""Everything the sandbox is told from outside, and the constants both sides of it agree on."""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import unquote, urlsplit

ALIPAY_APP_ID = "2026000000000001"
ALIPAY_SELLER_ID = "2088000000000001"
UNIONPAY_MERCHANT_ID = "777290058110001"
WECHATPAY_APP_ID = "wx0000000000000001"
WECHATPAY_MERCHANT_ID = "1900000001"
WECHATPAY_MERCHANT_SERIAL = "5157F09EFDC096DE15EBE81A47057A72000000M1"
WECHATPAY_PLATFORM_SERIAL = "PUB_KEY_ID_0119000000012026030200000000000001"
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True)
class Address:
    """Where to bind, and the login if the URL carries one."""

    host: str
    port: int
    username: str = ""
    password: str = ""


def required(name: str) -> str:
    """The environment variable, or an exit that names what is missing."""
    value = os.environ.get(name)
    if not value:
        raise SystemExit(f"{name} is not set")
    return value


def address(name: str) -> Address:
    """Read a variable such as smpp://user:pass@127.0.0.1:2775."""
    parts = urlsplit(required(name))
    if not parts.hostname or not parts.port:
        raise SystemExit(f"{name} must be scheme://host:port")
    return Address(parts.hostname, parts.port, unquote(parts.username or ""), unquote(parts.password or ""))


def public_url() -> str:
    """The mall's own address, without a closing slash."""
    return os.environ.get("MALL_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")


def pace_s() -> float:
    """Seconds between a carrier's steps, until a delivery receipt, and until a top-up is done."""
    return float(os.environ.get("MALL_SANDBOX_PACE_S", "1.0"))


def sandbox_dir() -> Path:
    """Where the sqlite files live; made if missing."""
    folder = Path(required("MALL_SANDBOX_DIR"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def carrier_webhook_secret() -> str:
    """The whsec_… secret the mall and the carrier share."""
    return _secret("carrier_webhook_secret")


def topup_webhook_secret() -> str:
    """The whsec_… secret the mall and the partner that tops up share."""
    return _secret("topup_webhook_secret")


def wechatpay_api_v3_key() -> str:
    """The 32 characters under which notifications are closed."""
    return _secret("wechatpay_api_v3_key")


def _secret(name: str) -> str:
    return str(json.loads(Path(required("MALL_SECRETS_FILE")).read_text())[name])


def key_pem(name: str) -> bytes:
    """A PEM made by deploy.sandbox.keys."""
    path = Path(required("MALL_KEYS_DIR")) / name
    if not path.exists():
        raise SystemExit(f"{path} is missing: run python -m deploy.sandbox.keys {path.parent}")
    return path.read_bytes()


def beijing_text(unix_s: float) -> str:
    """Wall-clock text as Chinese partners write it: 2026-01-31 23:59:59."""
    return datetime.fromtimestamp(unix_s, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def iso_text(unix_s: float) -> str:
    """RFC 3339 with the Beijing offset and milliseconds."""
    return datetime.fromtimestamp(unix_s, BEIJING).isoformat(timespec="milliseconds")
