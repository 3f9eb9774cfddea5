"""Publishing with this project's own connection pools.

nameko's Publisher shares one options dict between all publishers, so confirms of one switch off those of another;
here every broker has its own pool and its own options, and nothing counts as sent before the broker has it.
"""

from typing import Any, ClassVar

from amqp.exceptions import ChannelError
from kombu import Connection
from kombu.pools import producers

from services.chassis.bus.wire import CONTENT_TYPE, encode

CONNECT_TIMEOUT_S = 3
PERSISTENT, TRANSIENT = 2, 1


class Unroutable(Exception):
    """No queue takes this message (a mandatory publish came back)."""


class Publisher:
    _publishers: ClassVar[dict[str, "Publisher"]] = {}

    @classmethod
    def to(cls, amqp_url: str) -> "Publisher":
        if amqp_url not in cls._publishers:
            cls._publishers[amqp_url] = cls(amqp_url)
        return cls._publishers[amqp_url]

    def __init__(self, amqp_url: str) -> None:
        options = {"confirm_publish": True}
        self.pool = producers[Connection(amqp_url, transport_options=options, connect_timeout=CONNECT_TIMEOUT_S)]

    def publish(
        self,
        body: Any,
        exchange: str,
        routing_key: str,
        *,
        timeout_s: float = 3.0,
        retries: int = 1,
        mandatory: bool = False,
        **properties: Any,
    ) -> None:
        """Send ``body`` as JSON (bytes are sent as they are); it returns when the broker has it."""
        producer = self.pool.acquire(block=True, timeout=timeout_s)
        is_settled = False
        try:
            producer.publish(
                body if isinstance(body, bytes) else encode(body),
                exchange=exchange,
                routing_key=routing_key,
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                delivery_mode=PERSISTENT,
                mandatory=mandatory,
                retry=True,
                retry_policy={"max_retries": retries, "interval_start": 0.1, "interval_max": 0.5},
                timeout=timeout_s,
                confirm_timeout=timeout_s,
                **properties,
            )
            is_settled = True
        except ChannelError as problem:
            if "NO_ROUTE" in str(problem):
                raise Unroutable(routing_key) from problem
            raise
        finally:
            if not is_settled:  # the broker's answer may still come, and would be taken for that of the next message
                producer.__connection__.collect()
            producer.release()
