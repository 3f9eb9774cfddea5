"""Accrue, hold, capture, release, refund: exact effects, exact answers, the same again on a retry."""

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED, Refused
from services.chassis.testkit import database_of, emitted
from services.points import contract
from tests.integration.points.story import Ledger

engine = database_of("points")


def refusal_of(call) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def test_accrued_points_are_available_until_the_end_of_the_third_year(ledger: Ledger):
    member_id = ledger.member()

    answer = ledger.accrue(member_id, 120)

    assert (answer["points"], answer["available"], answer["expires_on"]) == (120, 120, "2028-12-31")
    balance = ledger.balance(member_id)
    assert (balance["available"], balance["held"], balance["earned_in_all"]) == (120, 0, 120)
    assert balance["expiring"] == [{"expires_on": "2028-12-31", "points": 120}]


def test_an_accrual_is_told_with_the_balance_after_it(ledger: Ledger):
    member_id = ledger.member(70)

    ledger.accrue(member_id, 30, source="review", reference="rev_1")

    data = emitted(ledger.engine, contract.POINTS_ACCRUED)[-1]["data"]
    assert (data["source"], data["reference"], data["effective_on"]) == ("review", "rev_1", "2026-11-20")
    assert data["postings"] == [{"member_id": member_id, "points": 30, "available": 100, "expires_on": "2028-12-31"}]


def test_points_that_never_expire_are_available_and_not_listed_as_expiring(ledger: Ledger):
    ledger.policy("survey", "never")
    member_id = ledger.member()

    answer = ledger.accrue(member_id, 10, source="survey")

    assert answer["expires_on"] is None
    balance = ledger.balance(member_id)
    assert (balance["available"], balance["expiring"]) == (10, [])


def test_the_same_request_again_gets_the_same_answer_and_moves_nothing(ledger: Ledger):
    member_id, order_id = ledger.member(100), new_id("ord")
    first = [
        ledger.accrue(member_id, 5, request_id="again-1"),
        ledger.hold(member_id, 40, order_id, request_id="again-2"),
        ledger.capture(order_id, request_id="again-3"),
        ledger.refund(order_id, 15, request_id="again-4"),
    ]

    again = [
        ledger.accrue(member_id, 5, request_id="again-1"),
        ledger.hold(member_id, 40, order_id, request_id="again-2"),
        ledger.capture(order_id, request_id="again-3"),
        ledger.refund(order_id, 15, request_id="again-4"),
    ]

    assert again == first
    assert ledger.available(member_id) == 80


def test_the_same_request_id_with_another_content_is_refused(ledger: Ledger):
    member_id, order_id, other = ledger.member(100), new_id("ord"), new_id("ord")
    ledger.accrue(member_id, 5, request_id="twice-1")
    ledger.hold(member_id, 40, order_id, request_id="twice-2")
    ledger.hold(member_id, 10, other)
    ledger.capture(order_id, request_id="twice-3")

    assert refusal_of(lambda: ledger.accrue(member_id, 6, request_id="twice-1")) == KEY_REUSED
    assert refusal_of(lambda: ledger.hold(member_id, 41, order_id, request_id="twice-2")) == KEY_REUSED
    assert refusal_of(lambda: ledger.capture(other, request_id="twice-3")) == KEY_REUSED
    assert ledger.available(member_id) == 55


def test_one_order_has_one_hold_whatever_the_request_id(ledger: Ledger):
    member_id, order_id = ledger.member(100), new_id("ord")
    held = ledger.hold(member_id, 40, order_id)

    again = ledger.hold(member_id, 40, order_id)

    assert again == held
    assert refusal_of(lambda: ledger.hold(member_id, 41, order_id)) == KEY_REUSED
    assert ledger.balance(member_id)["held"] == 40


def test_a_hold_draws_on_what_expires_first(ledger: Ledger):
    ledger.policy("check_in", "fixed_months", 1)
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.accrue(member_id, 30, source="check_in")

    ledger.hold(member_id, 50, order_id)

    assert ledger.fetch(
        "SELECT expires_on::text, amount FROM hold_bucket WHERE order_id = :id ORDER BY expires_on", id=order_id
    ) == [("2026-12-31", 30), ("2028-12-31", 20)]


def test_expired_points_cannot_be_held_though_not_yet_booked_as_expired(ledger: Ledger):
    ledger.policy("review", "end_of_year")
    member_id = ledger.member(100)
    ledger.accrue(member_id, 30, source="review")
    ledger.clock.advance(days=60)

    assert ledger.available(member_id) == 100
    with pytest.raises(Refused) as caught:
        ledger.hold(member_id, 101)

    assert (caught.value.code, caught.value.details) == (contract.INSUFFICIENT, {"available": 100, "needed": 101})


def test_points_can_be_spent_on_their_last_day_in_china(ledger: Ledger):
    ledger.policy("purchase", "end_of_year")
    member_id = ledger.member()
    ledger.accrue(member_id, 30, source="purchase")
    ledger.clock.instant = ledger.clock.instant.replace(month=12, day=31, hour=15, minute=59)
    assert ledger.hold(member_id, 10)["available"] == 20

    ledger.clock.advance(minutes=1)

    assert refusal_of(lambda: ledger.hold(member_id, 10)) == contract.INSUFFICIENT


def test_captured_points_are_gone(ledger: Ledger):
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.hold(member_id, 40, order_id)

    assert ledger.capture(order_id) == {"order_id": order_id, "points": 40}

    balance = ledger.balance(member_id)
    assert (balance["available"], balance["held"], balance["earned_in_all"]) == (60, 0, 100)
    data = emitted(ledger.engine, contract.HOLD_CAPTURED)[-1]["data"]
    assert data == {"order_id": order_id, "unit": "PTS", "member_id": member_id, "points": 40, "available": 60}


def test_a_part_is_captured_and_the_rest_of_the_hold_is_free_again(ledger: Ledger):
    ledger.policy("check_in", "fixed_months", 1)
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.accrue(member_id, 30, source="check_in")
    ledger.hold(member_id, 60, order_id)

    assert ledger.capture(order_id, points=35) == {"order_id": order_id, "points": 35}

    balance = ledger.balance(member_id)
    assert (balance["available"], balance["held"]) == (95, 0)
    assert balance["expiring"] == [{"expires_on": "2028-12-31", "points": 95}]
    data = emitted(ledger.engine, contract.HOLD_CAPTURED)[-1]["data"]
    assert (data["points"], data["available"]) == (35, 95)
    with pytest.raises(Refused) as caught:
        ledger.refund(order_id, 36)
    assert (caught.value.code, caught.value.details) == (contract.REFUND_TOO_LARGE, {"left": 35, "asked": 36})


def test_no_more_than_is_held_is_captured(ledger: Ledger):
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.hold(member_id, 40, order_id)

    with pytest.raises(Refused) as caught:
        ledger.capture(order_id, points=41)

    assert (caught.value.code, caught.value.details) == (contract.CAPTURE_TOO_LARGE, {"held": 40, "asked": 41})
    assert ledger.balance(member_id)["held"] == 40


def test_a_part_is_captured_once(ledger: Ledger):
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.hold(member_id, 40, order_id)
    first = ledger.capture(order_id, points=15, request_id="part-1")

    assert ledger.capture(order_id, points=15, request_id="part-1") == first  # the same request again
    assert ledger.capture(order_id, points=15) == first  # the same capture under another id
    assert ledger.capture(order_id) == first  # whoever does not say how much is told
    assert refusal_of(lambda: ledger.capture(order_id, points=16, request_id="part-1")) == KEY_REUSED
    assert refusal_of(lambda: ledger.capture(order_id, points=16)) == contract.HOLD_NOT_OPEN
    assert ledger.available(member_id) == 85


def test_released_points_are_back(ledger: Ledger):
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.hold(member_id, 40, order_id)

    assert ledger.release(order_id) == {"order_id": order_id, "points": 40}

    assert ledger.available(member_id) == 100
    data = emitted(ledger.engine, contract.HOLD_RELEASED)[-1]["data"]
    assert (data["points"], data["available"], data["reason"]) == (40, 100, "changed_mind")
    assert ledger.release(order_id)["points"] == 40  # once more: the same answer, nothing moves
    assert ledger.available(member_id) == 100


def test_a_release_before_its_hold_bars_the_hold(ledger: Ledger):
    member_id, order_id = ledger.member(100), new_id("ord")

    assert ledger.release(order_id) == {"order_id": order_id, "points": 0}

    assert refusal_of(lambda: ledger.hold(member_id, 40, order_id)) == contract.HOLD_RELEASED_BEFORE
    assert ledger.release(order_id)["points"] == 0
    assert refusal_of(lambda: ledger.capture(order_id)) == contract.HOLD_UNKNOWN
    assert ledger.available(member_id) == 100


def test_a_hold_ends_once(ledger: Ledger):
    member_id, captured, released, late = ledger.member(100), new_id("ord"), new_id("ord"), new_id("ord")
    for order_id in (captured, released, late):
        ledger.hold(member_id, 10, order_id)
    ledger.capture(captured)
    ledger.release(released)
    ledger.end_time_of(late)

    assert refusal_of(lambda: ledger.release(captured)) == contract.HOLD_NOT_OPEN
    assert refusal_of(lambda: ledger.capture(released)) == contract.HOLD_NOT_OPEN
    assert refusal_of(lambda: ledger.capture(late)) == contract.HOLD_NOT_OPEN
    assert refusal_of(lambda: ledger.hold(member_id, 10, released)) == contract.HOLD_RELEASED_BEFORE
    assert refusal_of(lambda: ledger.capture(new_id("ord"))) == contract.HOLD_UNKNOWN
    assert ledger.capture(captured)["points"] == 10


def test_a_refund_goes_to_the_buckets_it_came_from_latest_expiring_first(ledger: Ledger):
    ledger.policy("check_in", "fixed_months", 1)
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.accrue(member_id, 30, source="check_in")
    ledger.hold(member_id, 50, order_id)
    ledger.capture(order_id)

    ledger.refund(order_id, 25)

    assert ledger.balance(member_id)["expiring"] == [
        {"expires_on": "2026-12-31", "points": 5},
        {"expires_on": "2028-12-31", "points": 100},
    ]


def test_refunds_never_exceed_what_was_captured(ledger: Ledger):
    member_id, order_id, open_one = ledger.member(100), new_id("ord"), new_id("ord")
    ledger.hold(member_id, 50, order_id)
    ledger.hold(member_id, 50, open_one)
    ledger.capture(order_id)
    ledger.refund(order_id, 30)

    with pytest.raises(Refused) as caught:
        ledger.refund(order_id, 21)

    assert (caught.value.code, caught.value.details) == (contract.REFUND_TOO_LARGE, {"left": 20, "asked": 21})
    assert refusal_of(lambda: ledger.refund(open_one, 1)) == contract.HOLD_NOT_OPEN
    assert refusal_of(lambda: ledger.refund(new_id("ord"), 1)) == contract.HOLD_UNKNOWN
    ledger.refund(order_id, 20)
    assert ledger.balance(member_id)["available"] == 50


def test_points_refunded_after_their_expiry_live_for_the_days_of_grace(ledger: Ledger):
    ledger.policy("check_in", "fixed_months", 1)
    member_id, order_id = ledger.member(), new_id("ord")
    ledger.accrue(member_id, 30, source="check_in")
    ledger.hold(member_id, 30, order_id)
    ledger.capture(order_id)
    ledger.clock.advance(days=60)

    ledger.refund(order_id, 30)

    assert ledger.balance(member_id)["expiring"] == [{"expires_on": "2027-02-18", "points": 30}]


def test_who_has_no_account_or_a_frozen_one_earns_and_spends_nothing(ledger: Ledger):
    nobody, suspended = new_id("mbr"), ledger.member(state="suspended")

    assert refusal_of(lambda: ledger.accrue(nobody, 1)) == contract.ACCOUNT_UNKNOWN
    assert refusal_of(lambda: ledger.hold(nobody, 1)) == contract.ACCOUNT_UNKNOWN
    assert refusal_of(lambda: ledger.balance(nobody)) == contract.ACCOUNT_UNKNOWN
    assert refusal_of(lambda: ledger.accrue(suspended, 1)) == contract.ACCOUNT_FROZEN
    assert refusal_of(lambda: ledger.hold(suspended, 1)) == contract.ACCOUNT_FROZEN
