"""Who moves points and coins of one member in one transaction locks both wallets, and always in the same order."""

import pytest

from services.chassis.ids import new_id
from services.chassis.testkit import database_of
from services.chassis.testkit.interleaving import interleavings
from services.points import contract
from tests.integration.points.ledger_driver_hands import Hands
from tests.integration.points.story import Ledger

engine = database_of("points")
COIN = contract.COINS


def member_with_both(ledger: Ledger) -> str:
    member_id = ledger.member(500)
    ledger.top_up(member_id, 500)
    return member_id


def ended_order(ledger: Ledger, member_id: str):
    """An order that held both, and came to nothing."""
    order_id = new_id("ord")
    ledger.hold(member_id, 100, order_id)
    ledger.hold(member_id, 1, order_id, unit=COIN)
    return lambda contender: Hands(contender).ask("end_order", new_id("evt"), {"order_id": order_id})


def held_order(ledger: Ledger, member_id: str):
    order_id = new_id("ord")

    def hold_both(contender):
        other = Ledger(contender)
        other.hold(member_id, 100, order_id)
        other.hold(member_id, 1, order_id, unit=COIN)

    return hold_both


def gift(ledger: Ledger, member_id: str):
    friend = ledger.member(100)
    return lambda contender: Ledger(contender).gift(friend, member_id, 20)


def exchange(way: str, get: int):
    return lambda ledger, member_id: lambda contender: Ledger(contender).exchange(member_id, get, way=way)


THERE, BACK = exchange("PTS>COIN", 2), exchange("COIN>PTS", 200)


@pytest.mark.parametrize("one", [THERE, BACK], ids=["there", "back"])
@pytest.mark.parametrize("other", [ended_order, held_order, gift, THERE, BACK],
                         ids=["ended", "held", "gift", "there", "back"])  # fmt: skip
def test_nobody_waits_for_who_waits_for_him(ledger: Ledger, engine, one, other):
    ledger.rate("PTS>COIN", 100, 1)
    ledger.rate("COIN>PTS", 1, 100)

    def deeds():
        member_id = member_with_both(ledger)
        return [one(ledger, member_id), other(ledger, member_id)]

    for done in interleavings(engine, deeds):
        assert not done.deadlocked, done.order
        assert not [result for result in done.results if isinstance(result, BaseException)], done.order
