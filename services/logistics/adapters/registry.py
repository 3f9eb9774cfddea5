"""Adapters by the name that a carrier's configuration gives."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.logistics.adapters import open_parcel
from services.logistics.adapters.open_parcel_proxy import OpenParcelProxy
from services.logistics.domain.carriers import Carrier
from services.logistics.domain.scans import CarrierScan
from services.logistics.settings import LogisticsSettings


@dataclass(frozen=True)
class Adapter:
    """One protocol: how a booking is written, how a callback is read, who carries both over HTTP."""

    booking_request: Callable[..., dict[str, Any]]
    parse_callback: Callable[[str], CarrierScan]
    proxy: type[OpenParcelProxy]


ADAPTERS = {"open_parcel": Adapter(open_parcel.booking_request, open_parcel.parse_callback, OpenParcelProxy)}


def adapter_of(carrier: Carrier) -> Adapter:
    return ADAPTERS[carrier.adapter]


def proxy_of(carrier: Carrier, settings: LogisticsSettings, now: datetime) -> OpenParcelProxy:
    secret = settings.secrets_of(carrier.secret_name)[0]
    adapter = adapter_of(carrier)
    return adapter.proxy(carrier.code, carrier.endpoint, secret, settings.carrier_timeout_s, now)
