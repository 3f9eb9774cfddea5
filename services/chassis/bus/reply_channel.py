"""The one AMQP channel on which a process sends its RPC requests and its replies, and receives those of others."""

import contextlib
import socket
from typing import Any

import amqp
import eventlet
import structlog
from amqp import spec
from eventlet.event import Event as Waiter
from eventlet.semaphore import Semaphore
from kombu import Connection
from nameko.extensions import SharedExtension

from services.chassis.bus.publishing import TRANSIENT
from services.chassis.bus.wire import CONTENT_TYPE, RPC_EXCHANGE, decode, encode

log = structlog.get_logger(__name__)
REPLY_TO = "amq.rabbitmq.reply-to"
HEARTBEAT_S = 15
POLL_S = 0.5
RECONNECT_S = 0.2
TO_ANSWER_S = 3.0  # a reply has so long to find a connection and get through


class NotConnected(OSError):
    """The broker is away; the channel is reconnecting."""


class Broken(NotConnected):
    """The connection went while a message was being sent on it: it did not get through, or nobody knows."""


class NoSuchService(OSError):
    """The broker returned the request: no queue takes it."""


class ReplyChannel(SharedExtension):
    """Started with the container (or by ``open`` elsewhere); reconnects by itself for ever."""

    def __init__(self, amqp_url: str | None = None) -> None:
        super().__init__()
        self._amqp_url = amqp_url
        self._waiters: dict[str, Waiter] = {}
        self._channel: amqp.Channel | None = None
        self._running = False
        self._sending = Semaphore()

    def start(self) -> None:
        if not self._running:
            self._amqp_url = self.container.config["AMQP_URI"]
            self.open(self.container.spawn_managed_thread)

    def open(self, spawn: Any = eventlet.spawn) -> None:
        self._running = True
        self._thread = spawn(self._run)

    def stop(self) -> None:
        self._running = False
        with eventlet.Timeout(2 * POLL_S, False):
            self._thread.wait()

    def kill(self) -> None:
        self._running = False

    @property
    def is_connected(self) -> bool:
        return self._channel is not None

    def wait_until_connected(self, timeout_s: float = 5.0) -> None:
        with eventlet.Timeout(timeout_s, NotConnected("the broker did not answer")):
            self._connected()

    def send(
        self, address: str, request: Any, headers: dict[str, Any], correlation_id: str, waiter: Waiter, seconds: float
    ) -> None:
        """Publish one request; the reply's body (or NoSuchService, NotConnected) will be sent to ``waiter``."""
        channel = self._channel
        if channel is None:
            raise NotConnected("the broker is away")
        message = amqp.Message(
            encode({"args": [request], "kwargs": {}}),
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=TRANSIENT,
            reply_to=REPLY_TO,
            correlation_id=correlation_id,
            expiration=str(max(int(seconds * 1000), 1)),
            application_headers=headers,
        )
        self._waiters[correlation_id] = waiter
        self._publish(channel, RPC_EXCHANGE.name, address, message, mandatory=True)

    def answer(self, reply_to: str, correlation_id: str | None, body: bytes) -> None:
        """Publish one reply; once more, if the connection breaks under it. Raises NotConnected."""
        message = amqp.Message(
            body,
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=TRANSIENT,
            correlation_id=correlation_id,
        )
        exchange = "" if reply_to.startswith(REPLY_TO) else RPC_EXCHANGE.name
        with eventlet.Timeout(TO_ANSWER_S, NotConnected("the broker does not take the reply")):
            try:
                self._publish(self._connected(), exchange, reply_to, message)
            except Broken:
                self._publish(self._connected(), exchange, reply_to, message)

    def _connected(self) -> amqp.Channel:
        while self._channel is None:
            eventlet.sleep(0.02)
        return self._channel

    def _publish(
        self, channel: amqp.Channel, exchange: str, key: str, message: amqp.Message, mandatory: bool = False
    ) -> None:
        with self._sending:  # a large message gives way between its frames, and another's must not get in there
            if channel is not self._channel:
                raise Broken("the connection broke while the message waited to be sent")
            self._write(channel, (0, exchange, key, mandatory, False), message)

    def _write(self, channel: amqp.Channel, how: tuple[Any, ...], message: amqp.Message) -> None:
        is_whole = False
        try:
            # not basic_publish: it would read from the socket, and only the receiving thread may do that
            channel.send_method(spec.Basic.Publish, "Bssbb", how, message)
            is_whole = True
        except (amqp.AMQPError, OSError, RuntimeError) as problem:
            raise Broken(str(problem)) from problem
        finally:
            if not is_whole:
                self._give_up(channel)

    def _give_up(self, channel: amqp.Channel) -> None:
        """A message was broken off, perhaps by its deadline: what follows would be read as the rest of it."""
        if channel is self._channel:
            self._channel = None
        with contextlib.suppress(OSError, AttributeError):
            channel.connection.transport.sock.shutdown(socket.SHUT_RDWR)

    def forget(self, correlation_id: str) -> None:
        self._waiters.pop(correlation_id, None)

    def _run(self) -> None:
        while self._running:
            try:
                self._receive()
            except Exception as problem:  # noqa: BLE001 — whatever it is, the channel must come back
                log.warning("rpc_channel_lost", problem=f"{type(problem).__name__}: {problem}")
            self._disconnected()
            if self._running:
                eventlet.sleep(RECONNECT_S)

    def _receive(self) -> None:
        with Connection(self._amqp_url, heartbeat=HEARTBEAT_S, connect_timeout=3) as connection:
            channel = connection.channel()
            RPC_EXCHANGE(channel).declare()
            channel.events["basic_return"].add(self._returned)
            channel.basic_consume(REPLY_TO, no_ack=True, callback=self._replied)
            self._channel = channel
            while self._running:
                try:
                    channel.connection.drain_events(timeout=POLL_S)  # kombu's own would quietly connect anew
                except (TimeoutError, socket.timeout):  # noqa: UP041 — eventlet's green timeout is not the builtin
                    if not self._sending.locked():  # what is being sent says as well that we live
                        connection.heartbeat_check()

    def _disconnected(self) -> None:
        self._channel = None
        waiters, self._waiters = self._waiters, {}
        for waiter in waiters.values():
            waiter.send_exception(NotConnected("the connection broke while waiting for the reply"))

    def _replied(self, message: amqp.Message) -> None:
        waiter = self._waiters.pop(message.properties.get("correlation_id", ""), None)
        if waiter is not None:  # otherwise the caller stopped waiting
            waiter.send(decode(message.body))

    def _returned(self, _error: Any, _exchange: str, routing_key: str, message: amqp.Message) -> None:
        waiter = self._waiters.pop(message.properties.get("correlation_id", ""), None)
        if waiter is not None:
            waiter.send_exception(NoSuchService(f"nobody serves {routing_key}"))
