"""The settings every process of the mall gets, and the file in which the tools of a running mall find them."""

import json
import os
from collections.abc import Mapping

from deploy.launcher.layout import Layout
from deploy.launcher.ports import HOST, Ports

GATEWAY_PORT = 8000
# Everybody here comes from one address, and a benchmark's few buyers are as busy as a town.
ALL_OF_ONE_ADDRESS = "1000"
# eventlet says at every start that it is deprecated, by a warning of its own kind that only "all" covers.
WARNINGS = "ignore,default::UserWarning,default::RuntimeWarning"
# Without compiled modules a dozen processes would compile everything again at every start.
SLOWING = {"PYTHONDONTWRITEBYTECODE"}


def mall_settings(layout: Layout, ports: Ports, database_url: str, amqp_url: str) -> dict[str, str]:
    http = ports.book("http", GATEWAY_PORT)
    return {
        "MALL_ENV": "development",
        "MALL_HOME": str(layout.home),
        "MALL_DATABASE_URL": database_url,
        "MALL_AMQP_URL": amqp_url,
        "MALL_HTTP_HOST": HOST,
        "MALL_HTTP_PORT": str(http),
        "MALL_PUBLIC_URL": f"http://{HOST}:{http}",
        "MALL_RATE_LIMIT_SHARE": os.environ.get("MALL_RATE_LIMIT_SHARE", ALL_OF_ONE_ADDRESS),
        "MALL_SMPP_URL": f"smpp://mall:mall@{HOST}:{ports.book('smpp', 12775)}",
        "MALL_SMTP_URL": f"smtp://{HOST}:{ports.book('smtp', 12525)}",
        "MALL_SMSC_CONTROL_URL": f"http://{HOST}:{ports.book('smsc', 18201)}",
        "MALL_MAILBOX_CONTROL_URL": f"http://{HOST}:{ports.book('mailbox', 18202)}",
        "MALL_CARRIER_URL": f"http://{HOST}:{ports.book('carrier', 18203)}",
        "MALL_ALIPAY_URL": f"http://{HOST}:{ports.book('alipay', 18204)}",
        "MALL_UNIONPAY_URL": f"http://{HOST}:{ports.book('unionpay', 18205)}",
        "MALL_WECHATPAY_URL": f"http://{HOST}:{ports.book('wechatpay', 18206)}",
        "MALL_TOPUP_URL": f"http://{HOST}:{ports.book('topup', 18207)}",
        "MALL_KEYS_DIR": str(layout.keys),
        "MALL_SANDBOX_DIR": str(layout.home / "sandbox"),
        "MALL_SECRETS_FILE": str(layout.secrets),
        "MALL_BILL_RUN_DIR": str(layout.bill_runs),
    }


def child_environment(settings: Mapping[str, str], **more: str) -> dict[str, str]:
    """The caller's environment (so that MALL_LOG_LEVEL=DEBUG ./mall up works) below what the launcher decided."""
    # Every address here is a number: eventlet need not load its own resolver, a quarter of a service's start.
    python = {"PYTHONWARNINGS": WARNINGS, "PYTHONUNBUFFERED": "1", "EVENTLET_NO_GREENDNS": "yes"}
    inherited = {key: value for key, value in os.environ.items() if key not in SLOWING}
    return {**inherited, **python, **settings, **more}


def write_settings(layout: Layout, settings: Mapping[str, str]) -> None:
    aside = layout.env_file.with_suffix(".new")
    aside.write_text(json.dumps(dict(settings), indent=1) + "\n")
    aside.chmod(0o600)  # a database address may carry a password
    aside.replace(layout.env_file)


def read_settings(layout: Layout) -> dict[str, str]:
    try:
        return {str(key): str(value) for key, value in json.loads(layout.env_file.read_text()).items()}
    except (OSError, ValueError, AttributeError):
        return {}
