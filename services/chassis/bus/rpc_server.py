"""Serving commands and queries: ``@command(CONTRACT)`` and ``@query(CONTRACT)`` on a method of the service.

The method gets the validated request and returns the value; a Refused becomes a rejection, anything else a fault.
"""

import time
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import structlog
from kombu.message import Message
from nameko.exceptions import ContainerBeingKilled, MalformedRequest, serialize
from nameko.rpc import Rpc, RpcConsumer

from services.chassis import metrics
from services.chassis.bus.container import DeadlineExceeded
from services.chassis.bus.faults import NotNow
from services.chassis.bus.queue_consumer import SettlingQueueConsumer
from services.chassis.bus.reply_channel import ReplyChannel
from services.chassis.bus.wire import encode
from services.chassis.context import seconds_left_in
from services.chassis.contract import Call, Command, Query
from services.chassis.crash_points import crash_point
from services.chassis.data.database import is_away
from services.chassis.refusal import Refused, Reply, accepted

log = structlog.get_logger(__name__)


class SafeRpcConsumer(RpcConsumer):
    """Answers whatever comes, also nonsense, and never dies of a reply that cannot be sent."""

    queue_consumer = SettlingQueueConsumer()
    replies = ReplyChannel()

    def __init__(self) -> None:
        super().__init__()
        self._served: dict[str, Any] = {}

    def get_provider_for_method(self, routing_key: str) -> Any:
        """nameko goes through all methods of the service, for every request."""
        if routing_key not in self._served:
            self._served[routing_key] = super().get_provider_for_method(routing_key)
        return self._served[routing_key]

    def handle_result(self, message: Message, result: Any, exc_info: Any) -> tuple[Any, Any]:
        reply_to = message.properties.get("reply_to")
        if reply_to:
            self._reply(message, reply_to, {"result": result, "error": serialize(exc_info[1]) if exc_info else None})
        crash_point("after_reply")
        self.queue_consumer.ack_message(message)
        return result, exc_info

    def _reply(self, message: Message, reply_to: str, body: dict[str, Any]) -> None:
        try:
            self.replies.answer(reply_to, message.properties.get("correlation_id"), _body_of(body))
        except Exception:
            log.warning("reply_not_sent", exc_info=True)


def _body_of(reply: dict[str, Any]) -> bytes:
    """A value that JSON cannot carry is a fault that the caller must hear of."""
    try:
        return encode(reply)
    except TypeError as problem:
        log.exception("reply_not_serializable")
        return encode({"result": None, "error": serialize(problem)})


class SafeRpc(Rpc):
    rpc_consumer = SafeRpcConsumer()

    def handle_message(self, body: Any, message: Message) -> None:
        if not isinstance(body, dict) or not isinstance(body.get("args"), list) or body.get("kwargs"):
            raise MalformedRequest("a request is {args: [one dict], kwargs: {}}")
        if len(body["args"]) != 1:
            raise MalformedRequest("a method takes one dict")
        data = self.unpack_message_headers(message)
        if not isinstance(data.get("call_id_stack", []), list):
            raise MalformedRequest("call_id_stack must be a list")
        if (left := seconds_left_in(data)) is not None and left < 0:
            raise DeadlineExceeded("the caller stopped waiting while this request was queued")
        try:
            self.container.spawn_worker(
                self, body["args"], {}, context_data=data, handle_result=partial(self.handle_result, message)
            )
        except ContainerBeingKilled:
            self.rpc_consumer.requeue_message(message)


def command(contract: Command) -> Callable[[Callable], Callable]:
    return _serve(contract)


def query(contract: Query) -> Callable[[Callable], Callable]:
    return _serve(contract)


def _serve(contract: Call) -> Callable[[Callable], Callable]:
    def decorate(method: Callable) -> Callable:
        if method.__name__ != contract.method:
            raise ValueError(f"{method.__name__} serves {contract.method}: the names must agree")

        @wraps(method)
        def answer(service: Any, payload: Any) -> Reply:
            return _answer(contract, partial(method, service), payload)

        answer.contract = contract  # type: ignore[attr-defined]
        return SafeRpc.decorator(answer)

    return decorate


def _answer(contract: Call, method: Callable, payload: Any) -> Reply:
    started, outcome = time.perf_counter(), "fault"
    try:
        value = method(contract.load_request(payload))
        reply, outcome = accepted(contract.dump_reply(value)), "ok"
        crash_point("before_reply", contract.method)
    except Refused as refusal:
        reply, outcome = refusal.as_reply(), refusal.code
    except Exception as problem:
        if is_away(problem):
            outcome = "not_now"
            log.warning("call_without_database", call=contract.address, problem=str(problem))
            raise NotNow(str(problem)) from problem
        log.exception("call_failed", call=contract.address)
        raise
    finally:
        metrics.CALLS.labels(contract.service, contract.method, outcome).inc()
        metrics.CALL_SECONDS.labels(contract.service, contract.method).observe(time.perf_counter() - started)
    return reply
