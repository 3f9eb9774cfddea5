"""Checkpoints taken and proofs got, as the tests need them."""

from collections.abc import Iterator
from typing import Any

from services.points import contract, verify_proof
from services.points.usecases.get_balance_proof import get_balance_proof
from services.points.usecases.seal_journals import seal_journals
from services.points.usecases.take_checkpoint import take_checkpoint
from tests.integration.points.story import Ledger


def checkpoint(ledger: Ledger) -> list[dict[str, Any]]:
    assert seal_journals(ledger.works, 5) >= 1
    return [one.document() for one in take_checkpoint(ledger.works)]


def proof_of(ledger: Ledger, member_id: str, unit: str = "PTS") -> dict[str, Any]:
    """As it comes out of the door: dumped by the contract."""
    request = contract.GET_BALANCE_PROOF.load_request({"member_id": member_id, "unit": unit})
    with ledger.works.still() as work:
        return contract.GET_BALANCE_PROOF.dump_reply(get_balance_proof(work, request))


def is_refused(proof: Any, published: str | None = None) -> bool:
    try:
        verify_proof.check(proof, published)
    except verify_proof.Wrong:
        return True
    return False


def variants(value: Any) -> Iterator[Any]:
    """The same document with one thing in it changed, in every place."""
    if isinstance(value, dict):
        yield from ({name: each for name, each in value.items() if name != left_out} for left_out in value)
        yield {**value, "more": 1}
        yield from ({**value, name: other} for name, each in value.items() for other in variants(each))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from ([*value[:place], *other, *value[place + 1 :]] for other in ([], [each, each]))
            yield from ([*value[:place], other, *value[place + 1 :]] for other in variants(each))
        yield from ([*value[:n], value[n + 1], value[n], *value[n + 2 :]] for n in range(len(value) - 1))
    elif isinstance(value, str):
        yield from (None, 0, value + "0", value[:-1], value[::-1] + "!", value.swapcase() + " ")
    elif value is None:
        yield from (0, "", "x")
    else:
        yield from (value + 1, value - 1, -value or 7, str(value), float(value), None, True, False)
