"""nameko's queue consumer, made to settle what it took before it closes, and to close also when the broker is away.

Plain nameko ends the connection about a second after SIGTERM, so longer work is executed but never acked and runs
again elsewhere; an ack on a broken connection kills the whole process; and without a broker it can neither be
stopped nor killed. None of this happens here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from kombu import Connection
from kombu.message import Message
from nameko.extensions import ProviderCollector
from nameko.messaging import QueueConsumer

log = structlog.get_logger(__name__)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 1.0  # between attempts to reach a broker that is away
POLL_S = 0.2  # how often the reading thread looks whether it should stop


class Leaving(Exception):
    """There is no connection, and nothing to wait for one for."""


class SettlingQueueConsumer(QueueConsumer):
    def __init__(self) -> None:
        super().__init__()
        self._unsettled: set[Message] = set()
        self._draining = False
        self._needed: dict[str, Callable[[Any], None]] = {}
        self._link: Any = None  # py-amqp's connection, on which the consumers are

    def declare_first(self, name: str, declare: Callable[[Any], None]) -> None:
        """``declare(channel)`` runs on every new connection before anything is consumed; once for each ``name``."""
        self._needed[name] = declare

    @property
    def is_consuming(self) -> bool:
        return self._consumers_ready.ready() and bool(self._consumers) and not self._draining

    @property
    def is_leaving(self) -> bool:
        return self._draining or self.should_stop or bool(self._pending_remove_providers)

    def holds(self, message: Message) -> bool:
        """Taken, and neither settled nor taken back by the broker."""
        return message in self._unsettled

    def run(self, *arguments: Any, **options: Any) -> None:
        try:
            super().run(*arguments, **options)
        except Leaving:
            log.info("left_without_broker")
        finally:
            self._let_everybody_go()

    def stop(self) -> None:
        """Ends when the last provider has gone and what was taken is settled; at once if the broker is away."""
        if not self._consumers_ready.ready():
            self.should_stop = True
        self.wait_for_providers()
        if self._gt is not None:
            self._gt.wait()

    def unregister_provider(self, provider: Any) -> None:
        if self._consumers_ready.ready() and self._gt:
            super().unregister_provider(provider)
        else:  # there is no consumer to cancel
            ProviderCollector.unregister_provider(self, provider)

    @contextmanager
    def establish_connection(self) -> Iterator[Connection]:
        self._consumers.clear()
        with self.connection.clone() as connection:
            self._leave_if_asked()
            connection.ensure_connection(
                self.on_connection_error,
                interval_start=FIRST_PAUSE_S,
                interval_step=FIRST_PAUSE_S,
                interval_max=LONGEST_PAUSE_S,
            )
            self._link = connection.connection
            yield connection
            self._consumers.clear()

    def on_connection_error(self, exc: Exception, interval: float) -> None:
        self._leave_if_asked()
        super().on_connection_error(exc, interval)

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        for declare in self._needed.values():
            declare(channel)
        return super().get_consumers(consumer_cls, channel)

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

    def on_decode_error(self, message: Message, exc: Exception) -> None:
        """What nobody can read goes to the dead queue of its consumer; a request of that kind has no answer."""
        log.error("message_not_readable", problem=str(exc), routing_key=message.delivery_info.get("routing_key"))
        self._settle(Message.reject, message)

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
        while self._pending_remove_providers:
            self._draining = True
            provider, gone = self._pending_remove_providers.popitem()
            try:
                self._consumers.pop(provider).cancel()
            finally:
                gone.send()

    def _leave_if_asked(self) -> None:
        if self.is_leaving:
            raise Leaving

    def _let_everybody_go(self) -> None:
        self._consumers.clear()
        while self._pending_remove_providers:
            _, gone = self._pending_remove_providers.popitem()
            gone.send()
        if not self._consumers_ready.ready():
            self._consumers_ready.send(None)

    def on_connection_revived(self) -> None:
        self._unsettled.clear()  # the broker has taken the old deliveries back

    def on_iteration(self) -> None:
        self._insist_on_the_link()
        self._cancel_consumers_if_requested()
        if not self._consumers and not self._unsettled:
            self.should_stop = True

    def _insist_on_the_link(self) -> None:
        """An ack on a broken connection may be the first to find out. kombu would then quietly connect anew, and this
        thread would read for ever from a connection on which nobody consumes."""
        if not self._link.connected:
            raise ConnectionResetError("the connection broke under an ack")
