"""Doors: ports of the fault proxy that stand before the servers and partners which the services talk to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from deploy.launcher.ports import Ports

BEHIND = {"postgres": "MALL_DATABASE_URL", "rabbitmq": "MALL_AMQP_URL", "alipay": "MALL_ALIPAY_URL"}
"""Name of the door, and the setting that says where it leads."""
ANY_PORT = 0


@dataclass(frozen=True)
class Door:
    name: str
    port: int
    target: int


def doors_for(ports: Ports, settings: Mapping[str, str]) -> list[Door]:
    return [Door(name, ports.book(f"door-{name}", ANY_PORT), _port_of(settings[key])) for name, key in BEHIND.items()]


def through_doors(settings: Mapping[str, str], doors: list[Door]) -> dict[str, str]:
    """The same settings, but every address that has a door is the door's."""
    return {name: _through(value, doors) for name, value in settings.items()}


def _through(value: str, doors: list[Door]) -> str:
    for door in doors:
        value = re.sub(rf":{door.target}(?=/|\?|$)", f":{door.port}", value)
    return value


def _port_of(address: str) -> int:
    port = urlsplit(address).port
    if port is None:
        raise ValueError(f"{address} names no port")
    return port
