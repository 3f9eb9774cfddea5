"""A neighbour that answers as scripted, and keeps both sides to the contract."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from marshmallow import Schema

from services.chassis.bus.faults import RpcFault
from services.chassis.contract import Call
from services.chassis.open_transaction import leave_transactions_first
from services.chassis.refusal import Refused, Reply, accepted, value_of

Answer = dict[str, Any] | Refused | RpcFault | Callable[[dict[str, Any]], Any]


@cache
def _reader_of(contract: Call) -> Schema:
    """As a caller has it; to make one takes longer than to read with it."""
    return contract.reply()


class ScriptedRpc:
    """``ScriptedRpc({CONTRACT: value | Refused | RpcFault | function of the request})``; ``calls`` records them."""

    def __init__(self, answers: dict[Call, Answer] | None = None) -> None:
        self.answers: dict[Call, Answer] = dict(answers or {})
        self.calls: list[tuple[Call, dict[str, Any]]] = []

    def call(self, contract: Call, request: dict[str, Any], timeout_s: float | None = None) -> Any:
        return value_of(self.ask(contract, request, timeout_s))

    def ask(self, contract: Call, request: dict[str, Any], timeout_s: float | None = None) -> Reply:
        leave_transactions_first(contract.address)
        contract.load_request(request)
        self.calls.append((contract, request))
        if contract not in self.answers:
            raise AssertionError(f"the test did not expect a call of {contract.address}")
        answer = self.answers[contract]
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, RpcFault):
            raise answer
        if isinstance(answer, Refused):
            return answer.as_reply()
        value = contract.dump_reply(answer)
        _reader_of(contract).load(value)
        return accepted(value)

    def ask_all(self, calls: Sequence[tuple[Call, dict[str, Any]]]) -> list[Reply | RpcFault]:
        return [self._ask_or_fault(contract, request) for contract, request in calls]

    def requests_of(self, contract: Call) -> list[dict[str, Any]]:
        return [request for called, request in self.calls if called == contract]

    def _ask_or_fault(self, contract: Call, request: dict[str, Any]) -> Reply | RpcFault:
        try:
            return self.ask(contract, request)
        except RpcFault as fault:
            return fault
