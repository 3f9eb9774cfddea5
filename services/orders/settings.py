"""The settings of orders: where its payment providers are and with which keys they are spoken to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from environs import validate

from services.chassis.http_client import PartnerClient
from services.chassis.settings import SettingsError, environment_reader, seal
from services.orders.adapters.payments.alipay import Alipay, AlipayAccount
from services.orders.domain.provider import PaymentProvider

NOTIFY_PATH = "/callbacks/payments/alipay"


@dataclass(frozen=True)
class OrdersSettings:
    """``providers`` by the name they have in the contract."""

    providers: Mapping[str, PaymentProvider]


def read_orders_settings() -> OrdersSettings:
    """Raises SettingsError naming every variable or key file that is missing."""
    env = environment_reader()
    keys_dir = env.str("KEYS_DIR")
    alipay_url = env.str("ALIPAY_URL", validate=validate.URL(require_tld=False))
    public_url = env.str("PUBLIC_URL", "http://127.0.0.1:8000")
    app_id = env.str("ALIPAY_APP_ID", "2026000000000001")
    seller_id = env.str("ALIPAY_SELLER_ID", "2088000000000001")
    timeout_s = env.float("ALIPAY_TIMEOUT_S", 4.0)
    seal(env)
    account = AlipayAccount(
        app_id=app_id,
        seller_id=seller_id,
        gateway_url=f"{alipay_url.rstrip('/')}/gateway.do",
        notify_url=f"{public_url.rstrip('/')}{NOTIFY_PATH}",
        app_private_key=read_key(keys_dir, "alipay_app_private.pem"),
        provider_public_key=read_key(keys_dir, "alipay_provider_public.pem"),
    )
    try:
        return OrdersSettings(providers={"alipay": Alipay(account, PartnerClient("alipay", timeout_s))})
    except ValueError as problem:
        raise SettingsError(f"a key in the folder that MALL_KEYS_DIR names is not a PEM key: {problem}") from None


def read_key(folder: str, name: str) -> str:
    try:
        return (Path(folder) / name).read_text()
    except OSError as problem:
        raise SettingsError(
            f"the key {name} cannot be read in the folder that MALL_KEYS_DIR names: {problem}"
        ) from None
