"""Calling other services: deadlines, typed replies, bounded retries, several calls at once.

One connection a process both sends requests and takes replies (RabbitMQ's direct reply-to), so a call costs one
message each way and nothing on disk. If the connection breaks, what was under way is asked again: commands carry a
request id, so that is safe. What gets lost all the same ends in RpcTimeout at its deadline.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import eventlet
import structlog
from eventlet.event import Event as Waiter

from services.chassis.bus.container import DeadlineExceeded
from services.chassis.bus.faults import NotNow, RpcFault, RpcTimeout, ServiceUnavailable
from services.chassis.bus.reply_channel import ReplyChannel
from services.chassis.context import Context
from services.chassis.contract import Call
from services.chassis.open_transaction import leave_transactions_first
from services.chassis.refusal import Reply, value_of

log = structlog.get_logger(__name__)
PAUSE_S = 0.05


@dataclass
class RpcCaller:
    """Calls on behalf of one request; its deadline, trace and actor go along."""

    channel: ReplyChannel
    context: Context
    timeout_s: float = 3.0

    def call(self, contract: Call, request: dict[str, Any], timeout_s: float | None = None) -> Any:
        """The value of the reply; raises Refused for a rejection, RpcFault for anything else."""
        return value_of(self.ask(contract, request, timeout_s))

    def ask(self, contract: Call, request: dict[str, Any], timeout_s: float | None = None) -> Reply:
        """The reply as data; raises RpcFault only."""
        leave_transactions_first(contract.address)
        context = self.context.within(timeout_s or min(contract.timeout_s, self.timeout_s))
        return self._persistently(contract, request, context)

    def ask_all(self, calls: Sequence[tuple[Call, dict[str, Any]]]) -> list[Reply | RpcFault]:
        """All calls at once; a fault stands in the list in place of its reply, so that the others are known."""
        leave_transactions_first(", ".join(contract.address for contract, _ in calls))
        threads = [eventlet.spawn(self._reply_or_fault, contract, request) for contract, request in calls]
        return [thread.wait() for thread in threads]

    def _reply_or_fault(self, contract: Call, request: dict[str, Any]) -> Reply | RpcFault:
        try:
            return self.ask(contract, request)
        except RpcFault as fault:
            return fault

    def _persistently(self, contract: Call, request: dict[str, Any], context: Context) -> Reply:
        """Asks again while nobody takes the request. A request that was taken by a process which then dies comes
        back to the queue by itself, so there is no need to give up a try before the deadline."""
        while True:
            try:
                return self._try(contract, request, context)
            except ServiceUnavailable as problem:
                if (context.seconds_left() or 0.0) <= 2 * PAUSE_S:
                    raise
                log.info("rpc_retry", call=contract.address, problem=str(problem))
            eventlet.sleep(PAUSE_S)

    def _try(self, contract: Call, request: dict[str, Any], context: Context) -> Reply:
        seconds = context.seconds_left() or 0.0
        if seconds <= 0:
            raise RpcTimeout(f"{contract.address}: no time left")
        correlation_id, waiter = uuid.uuid4().hex, Waiter()
        timeout = eventlet.Timeout(seconds)
        try:
            self.channel.send(contract.address, request, context.as_headers(), correlation_id, waiter, seconds)
            body = waiter.wait()
        except eventlet.Timeout as expired:
            if expired is not timeout:
                raise
            raise RpcTimeout(f"{contract.address}: no answer in {seconds:.2f} s") from None
        except OSError as problem:
            raise ServiceUnavailable(f"{contract.address}: {problem}") from problem
        finally:
            timeout.cancel()
            self.channel.forget(correlation_id)
        if body.get("error"):
            raise _fault(contract, body["error"])
        return body["result"]


# What an exception over there is to who called; any other one is a fault.
_KINDS: dict[str, type[RpcFault]] = {NotNow.__name__: NotNow, DeadlineExceeded.__name__: RpcTimeout}


def _fault(contract: Call, error: dict[str, Any]) -> RpcFault:
    kind = _KINDS.get(str(error.get("exc_type")), RpcFault)
    return kind(f"{contract.address}: {error.get('exc_type')}: {error.get('value')}")
