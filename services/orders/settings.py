"""The settings of orders: where its payment providers are and with which keys they are spoken to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from environs import Env, validate

from services.chassis.http_client import PartnerClient
from services.chassis.settings import Settings, SettingsError, environment_reader, read_settings, seal
from services.orders.adapters.payments.alipay import Alipay, AlipayAccount
from services.orders.adapters.payments.unionpay import UnionPay, UnionPayAccount
from services.orders.adapters.payments.wechatpay import WechatPay
from services.orders.adapters.payments.wechatpay_calls import WechatPayAccount
from services.orders.adapters.provisioning.registry import Partners
from services.orders.contract import SERVICE
from services.orders.domain.provider import PaymentProvider
from services.orders.domain.provisioning import Provisioner, ProvisioningPartner

AT_ONCE = 4  # calls to one provider from one process: one that hangs holds no more workers than that
Make = Callable[["House"], PaymentProvider]


@dataclass(frozen=True)
class OrdersSettings:
    """``providers`` by the name they have in the contract; ``partner_of`` speaks to whoever is configured to switch
    things on."""

    providers: Mapping[str, PaymentProvider]
    partner_of: Callable[[Provisioner], ProvisioningPartner] = field(default_factory=Partners)


@dataclass(frozen=True)
class House:
    """What the mall has for all of them."""

    general: Settings
    keys_dir: str

    def key(self, name: str) -> str:
        try:
            return (Path(self.keys_dir) / name).read_text()
        except OSError as problem:
            raise SettingsError(
                f"the key {name} cannot be read in the folder that MALL_KEYS_DIR names: {problem}"
            ) from None

    def notify_url(self, provider: str) -> str:
        return f"{self.general.public_url.rstrip('/')}/callbacks/payments/{provider}"

    @property
    def cashier_url(self) -> str:
        return f"{self.general.public_url.rstrip('/')}/v1/payments/{{}}/cashier"


def read_orders_settings() -> OrdersSettings:
    """Raises SettingsError naming every variable, secret or key file that is missing."""
    env = environment_reader()
    makers: dict[str, Make] = {"alipay": _alipay(env), "bank": _unionpay(env), "mobile": _wechatpay(env)}
    keys_dir = env.str("KEYS_DIR")
    seal(env)
    house = House(read_settings(SERVICE), keys_dir)
    try:
        providers = {name: make(house) for name, make in makers.items()}
        return OrdersSettings(providers, Partners(house.general.secrets, house.general.public_url))
    except ValueError as problem:
        raise SettingsError(f"a key in the folder that MALL_KEYS_DIR names cannot be used: {problem}") from None


def _alipay(env: Env) -> Make:
    url, timeout_s = _address(env, "ALIPAY_URL"), _timeout(env, "ALIPAY_TIMEOUT_S")
    app_id = env.str("ALIPAY_APP_ID", "2026000000000001")
    seller_id = env.str("ALIPAY_SELLER_ID", "2088000000000001")

    def make(house: House) -> PaymentProvider:
        account = AlipayAccount(
            app_id=app_id,
            seller_id=seller_id,
            gateway_url=f"{url.rstrip('/')}/gateway.do",
            notify_url=house.notify_url("alipay"),
            app_private_key=house.key("alipay_app_private.pem"),
            provider_public_key=house.key("alipay_provider_public.pem"),
        )
        return Alipay(account, _client("alipay", timeout_s))

    return make


def _unionpay(env: Env) -> Make:
    url, timeout_s = _address(env, "UNIONPAY_URL"), _timeout(env, "UNIONPAY_TIMEOUT_S")
    file_url = env.str("UNIONPAY_FILE_URL", "")
    merchant_id = env.str("UNIONPAY_MERCHANT_ID", "777290058110001")

    def make(house: House) -> PaymentProvider:
        account = UnionPayAccount(
            merchant_id=merchant_id,
            gateway_url=url.rstrip("/"),
            file_url=file_url or f"{url.rstrip('/')}/fileTransfer.do",
            notify_url=house.notify_url("bank"),
            cashier_url=house.cashier_url,
            private_key=house.key("unionpay_merchant_private.pem"),
            certificate=house.key("unionpay_merchant_certificate.pem"),
            issuers=house.key("unionpay_issuers.pem"),
        )
        return UnionPay(account, _client("unionpay", timeout_s))

    return make


def _wechatpay(env: Env) -> Make:
    url, timeout_s = _address(env, "WECHATPAY_URL"), _timeout(env, "WECHATPAY_TIMEOUT_S")
    app_id = env.str("WECHATPAY_APP_ID", "wx0000000000000001")
    merchant_id = env.str("WECHATPAY_MERCHANT_ID", "1900000001")
    merchant_serial = env.str("WECHATPAY_MERCHANT_SERIAL", "5157F09EFDC096DE15EBE81A47057A72000000M1")
    platform_serial = env.str("WECHATPAY_PLATFORM_SERIAL", "PUB_KEY_ID_0119000000012026030200000000000001")

    def make(house: House) -> PaymentProvider:
        account = WechatPayAccount(
            app_id=app_id,
            merchant_id=merchant_id,
            merchant_serial=merchant_serial,
            api_url=url.rstrip("/"),
            notify_url=house.notify_url("mobile"),
            cashier_url=house.cashier_url,
            private_key=house.key("wechatpay_merchant_private.pem"),
            platform_key=house.key("wechatpay_platform_public.pem"),
            platform_serial=platform_serial,
            api_v3_key=house.general.secret("wechatpay_api_v3_key"),
        )
        return WechatPay(account, _client("wechatpay", timeout_s))

    return make


def _address(env: Env, name: str) -> str:
    return env.str(name, validate=validate.URL(require_tld=False))


def _timeout(env: Env, name: str) -> float:
    return env.float(name, 4.0, validate=validate.Range(min=0, min_inclusive=False))


def _client(name: str, timeout_s: float) -> PartnerClient:
    return PartnerClient(name, timeout_s, pool_size=AT_ONCE, patience_s=0)
