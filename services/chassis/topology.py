"""Declares the exchanges and queues of all services: ``python -m services.chassis.topology``.

A one-shot job before a release and before the very first start, beside ``services.chassis.migrate``: no service may
publish before the queues of those who listen exist. It only adds, so it may run while the mall is working.
``--wait SECONDS``: for a broker that is starting.
"""

import argparse
import inspect
import sys
from collections.abc import Sequence

import amqp
from kombu import Connection
from kombu.exceptions import OperationalError
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from services.chassis.bus.publishing import CONNECT_TIMEOUT_S
from services.chassis.bus.subscribe import EventConsumer
from services.chassis.bus.topology import declare_consumer, declare_publisher
from services.chassis.contract import Event
from services.chassis.migrate import all_services
from services.chassis.run import service_class
from services.chassis.settings import SettingsError, environment_reader, retry_ladder, seal

LOOK_AGAIN_S = 0.1  # whether a broker that is starting answers


def declare_topology(
    amqp_url: str, services: list[type], retry_after_s: tuple[int, ...], patience_s: float = 0.0
) -> int:
    """How many event queues there are now. ``services`` are nameko classes."""
    heard = {service.name: events_heard_by(service) for service in services}  # type: ignore[attr-defined]
    with Connection(amqp_url, connect_timeout=CONNECT_TIMEOUT_S) as connection:
        if patience_s:
            connection.ensure_connection(interval_start=LOOK_AGAIN_S, interval_step=0, timeout=patience_s)
        channel = connection.channel()
        for name, events in heard.items():
            if events:
                declare_consumer(channel, name, events, retry_after_s)
        for name in heard:
            declare_publisher(channel, name)  # also of those whose events nobody hears
    return sum(len(events) for events in heard.values())


def events_heard_by(service: type) -> list[Event]:
    """What the methods of a service are subscribed to."""
    methods = (method for _, method in inspect.getmembers(service, inspect.isfunction))
    doors = (door for method in methods for door in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ()))
    return [door.event for door in doors if isinstance(door, EventConsumer)]


def main(arguments: Sequence[str] = ()) -> int:
    patience_s = _patience_of(arguments)
    env = environment_reader()
    amqp_url, retry_after_s = env.str("AMQP_URL"), retry_ladder(env)
    try:
        seal(env)
        services = [service_class(f"services.{name}") for name in all_services()]
        queues = declare_topology(amqp_url, services, retry_after_s, patience_s)
    except (SettingsError, OSError, OperationalError, amqp.AMQPError) as problem:
        print(f"the broker was not prepared: {problem}", file=sys.stderr)
        return 1
    print(f"{queues} event queues stand")
    return 0


def _patience_of(arguments: Sequence[str]) -> float:
    parser = argparse.ArgumentParser("python -m services.chassis.topology", description="declare exchanges and queues")
    parser.add_argument("--wait", type=float, default=0.0, metavar="SECONDS", help="for a broker that is starting (0)")
    return float(parser.parse_args(arguments).wait)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
