"""Two at one wallet or one order at the same moment: exactly one wins, and the buckets agree with the wallet."""

from functools import partial
from typing import Any

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED, Refused
from services.chassis.testkit import database_of, race, race_in_turn
from services.points import contract
from tests.integration.points.story import Ledger

engine = database_of("points")
TRIES, MANY_TRIES = 40, 200


def codes(results: list[Any]) -> list[str]:
    """Refusal codes, sorted; "" for who got an answer. Anything else is a fault and fails the test."""
    faults = [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]
    assert faults == []
    return sorted(result.code if isinstance(result, Refused) else "" for result in results)


def test_holds_of_one_wallet_never_exceed_it(ledger: Ledger):
    ledger.policy("check_in", "fixed_months", 1)
    for _ in range(TRIES // 2):
        member_id = ledger.member(60)
        ledger.accrue(member_id, 40, source="check_in")

        results = race(*[partial(ledger.hold, member_id, 30) for _ in range(6)])

        assert codes(results) == ["", "", "", *[contract.INSUFFICIENT] * 3]
        assert ledger.balance(member_id)["held"] == 90
    assert ledger.breaches() == []  # per bucket too, not only in total


def test_accruals_and_holds_of_one_wallet_all_count(ledger: Ledger):
    for _ in range(TRIES // 4):
        member_id = ledger.member(100)

        results = race(
            *[partial(ledger.accrue, member_id, 10) for _ in range(4)],
            *[partial(ledger.hold, member_id, 20) for _ in range(4)],
        )

        assert codes(results) == [""] * 8
        balance = ledger.balance(member_id)
        assert (balance["available"], balance["held"]) == (60, 80)


def test_a_capture_and_a_release_of_one_hold_have_one_winner(ledger: Ledger):
    winners = set()
    for turn in range(MANY_TRIES):
        member_id, order_id = ledger.member(100), new_id("ord")
        ledger.hold(member_id, 40, order_id)

        deeds = [lambda on, o=order_id: Ledger(on).capture(o), lambda on, o=order_id: Ledger(on).release(o)]
        captured, released = race_in_turn(ledger.engine, turn, "EXECUTE see_hold", *deeds)

        assert codes([captured, released]) == ["", contract.HOLD_NOT_OPEN]
        captures = not isinstance(captured, Refused)
        balance = ledger.balance(member_id)
        assert (balance["available"], balance["held"]) == (60 if captures else 100, 0)
        too_late = ledger.release if captures else ledger.capture
        with pytest.raises(Refused, match=contract.HOLD_NOT_OPEN):  # whoever lost has lost for good
            too_late(order_id)
        winners.add(captures)
    assert winners == {True, False}
    assert ledger.breaches() == []


def test_a_hold_and_the_release_that_precedes_it_never_leave_points_held(ledger: Ledger):
    for _ in range(TRIES):
        member_id, order_id = ledger.member(100), new_id("ord")

        held, released = race(partial(ledger.hold, member_id, 40, order_id), partial(ledger.release, order_id))

        assert not isinstance(released, Exception)
        balance = ledger.balance(member_id)
        assert (balance["available"], balance["held"]) == (100, 0)
        if isinstance(held, Refused):
            assert (held.code, released["points"]) == (contract.HOLD_RELEASED_BEFORE, 0)
        else:
            assert released["points"] == 40


def test_one_request_sent_twice_at_once_is_done_once_and_answered_alike(ledger: Ledger):
    for _ in range(TRIES // 2):
        member_id, order_id, key = ledger.member(100), new_id("ord"), new_id("req")

        held = race(*[partial(ledger.hold, member_id, 40, order_id, request_id=key) for _ in range(3)])
        earned = race(*[partial(ledger.accrue, member_id, 7, request_id=key) for _ in range(3)])
        captured = race(*[partial(ledger.capture, order_id, request_id=key) for _ in range(3)])
        refunded = race(*[partial(ledger.refund, order_id, 10, request_id=key) for _ in range(3)])

        for results in (held, earned, captured, refunded):
            assert results[0] == results[1] == results[2]
            assert codes(results) == [""] * 3
        assert ledger.available(member_id) == 77


def test_one_request_id_for_two_members_at_once_serves_one_of_them(ledger: Ledger):
    for _ in range(TRIES // 2):
        one, other, key = ledger.member(), ledger.member(), new_id("req")

        results = race(partial(ledger.accrue, one, 7, request_id=key), partial(ledger.accrue, other, 7, request_id=key))

        assert codes(results) == ["", KEY_REUSED]
        assert ledger.available(one) + ledger.available(other) == 7


def test_two_holds_of_one_order_by_two_members_serve_one_of_them(ledger: Ledger):
    for _ in range(TRIES // 2):
        one, other, order_id = ledger.member(50), ledger.member(50), new_id("ord")

        results = race(partial(ledger.hold, one, 7, order_id), partial(ledger.hold, other, 7, order_id))

        assert codes(results) == ["", KEY_REUSED]
        assert ledger.balance(one)["held"] + ledger.balance(other)["held"] == 7


def test_refunds_of_one_order_never_exceed_its_capture(ledger: Ledger):
    for _ in range(TRIES // 2):
        member_id, order_id = ledger.member(100), new_id("ord")
        ledger.hold(member_id, 50, order_id)
        ledger.capture(order_id)

        results = race(*[partial(ledger.refund, order_id, 20) for _ in range(4)])

        assert codes(results) == ["", "", contract.REFUND_TOO_LARGE, contract.REFUND_TOO_LARGE]
        assert ledger.available(member_id) == 90


def test_releases_of_an_unknown_order_at_once_all_succeed(ledger: Ledger):
    for _ in range(TRIES // 2):
        order_id = new_id("ord")

        results = race(*[partial(ledger.release, order_id) for _ in range(4)])

        assert results == [{"order_id": order_id, "points": 0}] * 4
