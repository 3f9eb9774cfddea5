"""Calls between services: requests and replies get lost, and what was given up comes late."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from services.chassis.bus.faults import RpcFault, RpcTimeout
from services.chassis.bus.wire import encode
from services.chassis.context import Context
from services.chassis.contract import Call
from services.chassis.open_transaction import leave_transactions_first
from services.chassis.refusal import Reply, value_of
from tests.simulation.chance import Chance
from tests.simulation.scheduler import Crash, Scheduler

LOST, REPLY_LOST, LATE = 0.03, 0.03, 0.03
Answer = Callable[[Call, Any, Context], Reply]


@dataclass
class Calls:
    """What a worker has for its RpcCaller. ``answer`` does what was asked, in the callee."""

    scheduler: Scheduler
    context: Context
    answer: Answer

    def call(self, contract: Call, request: dict[str, Any], timeout_s: float | None = None) -> Any:
        return value_of(self.ask(contract, request, timeout_s))

    def ask(self, contract: Call, request: dict[str, Any], timeout_s: float | None = None) -> Reply:
        leave_transactions_first(contract.address)
        fault, wire = self._fault, orjson.loads(encode(request))
        if fault(contract, "request is lost", LOST):
            return self._time_out(contract)
        if fault(contract, "request is given up, and taken late", LATE):
            late_s = self.scheduler.chance.between(4, 25)
            self.scheduler.spawn(f"late {contract.address}", lambda: self._serve(contract, wire), late_s)
            return self._time_out(contract)
        reply = self._serve(contract, wire)
        if fault(contract, "reply is lost", REPLY_LOST):
            return self._time_out(contract)
        return reply

    def ask_all(self, calls: Sequence[tuple[Call, dict[str, Any]]]) -> list[Reply | RpcFault]:
        """At once, which is: in any order."""
        replies: dict[int, Reply | RpcFault] = {}
        for number in _shuffled(self.scheduler.chance, len(calls)):
            try:
                replies[number] = self.ask(*calls[number])
            except RpcFault as fault:
                replies[number] = fault
        return [replies[number] for number in range(len(calls))]

    def _serve(self, contract: Call, wire: Any) -> Reply:
        """Whoever dies of it leaves it to another replica."""
        self.scheduler.pause()
        for _ in range(3):
            try:
                reply = self.answer(contract, wire, self.context)
            except Crash:
                continue
            except Exception as problem:
                raise RpcFault(f"{contract.address}: {type(problem).__name__}: {problem}") from problem
            said = "ok" if reply["ok"] else reply["rejection"]["code"]
            self.scheduler.trace.note(f"{self.context.actor} -> {contract.address}: {said}")
            return orjson.loads(encode(reply))
        return self._time_out(contract)

    def _time_out(self, contract: Call) -> Reply:
        self.scheduler.sleep(contract.timeout_s)
        self.scheduler.trace.note(f"{self.context.actor} -> {contract.address}: no answer")
        raise RpcTimeout(contract.address)

    def _fault(self, contract: Call, what: str, odds: float) -> bool:
        return self.scheduler.chance.fault(f"{contract.address}: the {what}", odds)


def _shuffled(chance: Chance, many: int) -> list[int]:
    left = list(range(many))
    return [left.pop(chance.pick(len(left))) for _ in range(many)]
