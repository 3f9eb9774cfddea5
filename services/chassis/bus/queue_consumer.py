"""nameko's queue consumer, made to settle what it took before it closes.

Plain nameko ends the connection about a second after SIGTERM, so longer work is executed but never acked and runs
again elsewhere; and an ack on a broken connection kills the whole process. Neither happens here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from kombu import Connection
from kombu.message import Message
from nameko.messaging import QueueConsumer

log = structlog.get_logger(__name__)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 1.0  # between attempts to reach a broker that is away
POLL_S = 0.2  # how often the reading thread looks whether it should stop


class SettlingQueueConsumer(QueueConsumer):
    def __init__(self) -> None:
        super().__init__()
        self._unsettled: set[Message] = set()
        self._draining = False

    @property
    def is_consuming(self) -> bool:
        return self._consumers_ready.ready() and bool(self._consumers) and not self._draining

    @contextmanager
    def establish_connection(self) -> Iterator[Connection]:
        with self.connection.clone() as connection:
            connection.ensure_connection(
                self.on_connection_error,
                interval_start=FIRST_PAUSE_S,
                interval_step=FIRST_PAUSE_S,
                interval_max=LONGEST_PAUSE_S,
            )
            yield connection

    def consume(self, limit: Any = None, timeout: Any = None, safety_interval: float = POLL_S, **options: Any) -> Any:
        return super().consume(limit, timeout, safety_interval, **options)

    def handle_message(self, provider: Any, body: Any, message: Message) -> None:
        if self._draining:
            super().requeue_message(message)
            return
        self._unsettled.add(message)
        if self.container._worker_pool.free() > 0:
            provider.handle_message(body, message)
        else:  # starting a worker would wait for a free place, and this thread must go on reading
            super().handle_message(provider, body, message)

    def ack_message(self, message: Message) -> None:
        self._settle(super().ack_message, message)

    def requeue_message(self, message: Message) -> None:
        self._settle(super().requeue_message, message)

    def _settle(self, settle: Any, message: Message) -> None:
        self._unsettled.discard(message)
        try:
            settle(message)
        except (OSError, RuntimeError) as problem:  # nameko catches only py-amqp's own connection errors
            log.warning("settle_failed_broker_will_redeliver", problem=str(problem))

    def _cancel_consumers_if_requested(self) -> None:
        if self._pending_remove_providers:
            self._draining = True
        super()._cancel_consumers_if_requested()

    def on_connection_revived(self) -> None:
        self._unsettled.clear()  # the broker has taken the old deliveries back

    def on_iteration(self) -> None:
        self._cancel_consumers_if_requested()
        if not self._consumers and not self._unsettled:
            self.should_stop = True
