"""The service's own settings, from MALL_… variables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from environs import validate

from services.chassis.settings import SettingsError, environment_reader, read_settings, seal
from services.logistics.contract import SERVICE

POSITIVE = validate.Range(min=0, min_inclusive=False)


@dataclass(frozen=True)
class LogisticsSettings:
    """Times in seconds, weights in grams; a secret may be several, separated by blanks, the one to sign with first."""

    public_url: str
    secrets: Mapping[str, str] = field(repr=False)
    carrier_timeout_s: float = 2.0
    booking_retry_first_s: float = 5.0
    booking_retry_longest_s: float = 60.0
    other_carrier_after: int = 5
    carrier_silence_s: float = 7200.0
    tracking_days: int = 90
    item_weight_g: int = 500

    def knows_secret(self, name: str) -> bool:
        return bool(self.secrets.get(name, "").split())

    def secrets_of(self, name: str) -> tuple[str, ...]:
        if not self.knows_secret(name):
            raise SettingsError(f"secret {name!r} is missing in the file that MALL_SECRETS_FILE names")
        return tuple(self.secrets[name].split())

    def callback_url(self, carrier: str) -> str:
        return f"{self.public_url.rstrip('/')}/callbacks/carriers/{carrier}"


def read_logistics_settings() -> LogisticsSettings:
    """Raises SettingsError naming every variable that is wrong."""
    house, env = read_settings(SERVICE), environment_reader()
    values: dict[str, Any] = {
        "carrier_timeout_s": env.float("CARRIER_TIMEOUT_S", 2.0, validate=POSITIVE),
        "booking_retry_first_s": env.float("BOOKING_RETRY_FIRST_S", 5.0, validate=POSITIVE),
        "booking_retry_longest_s": env.float("BOOKING_RETRY_LONGEST_S", 60.0, validate=POSITIVE),
        "other_carrier_after": env.int("OTHER_CARRIER_AFTER", 5, validate=validate.Range(min=1)),
        "carrier_silence_s": env.float("CARRIER_SILENCE_S", 7200.0, validate=POSITIVE),
        "tracking_days": env.int("TRACKING_DAYS", 90, validate=validate.Range(min=1)),
        "item_weight_g": env.int("ITEM_WEIGHT_G", 500, validate=validate.Range(min=1)),
    }
    seal(env)
    return LogisticsSettings(public_url=house.public_url, secrets=house.secrets, **values)
