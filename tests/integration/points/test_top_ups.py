"""Coins and points bought with money: once a payment, and what is left can be given back."""

from functools import partial

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from services.chassis.contract import Event
from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED, Refused
from services.chassis.testkit import database_of, emitted, race
from services.points import contract
from tests.integration.points.story import Ledger
from tests.integration.points.test_coins import ENTRIES
from tests.integration.points.test_commands import refusal_of
from tests.integration.points.test_races import codes

engine = database_of("points")
COIN = contract.COINS


def coins(ledger: Ledger, member_id: str) -> int:
    return ledger.balance(member_id, unit=COIN)["available"]


def test_money_becomes_coins_that_never_expire(ledger: Ledger):
    member_id = ledger.member()

    answer = ledger.top_up(member_id, 5_000, "pay_1")

    assert (answer["points"], answer["available"], answer["expires_on"]) == (50, 50, None)
    assert ledger.fetch(ENTRIES, id=answer["journal_id"]) == [
        ("CNY", "system", "cash:received", -5_000, None, None),
        ("CNY", "system", "exchange", 5_000, None, None),
        ("COIN", "system", "exchange", -50, None, None),
        ("COIN", "wallet", None, 50, 1, "9999-12-31"),
    ]
    assert ledger.balance(member_id, unit=COIN)["earned_in_all"] == 0
    [line] = ledger.fetch("SELECT kind, source, ref, rule FROM journal WHERE id = :id", id=answer["journal_id"])
    assert line == ("top_up", "top_up", "pay_1", answer["rule"])


def test_money_becomes_points_too(ledger: Ledger):
    member_id = ledger.member(10)

    answer = ledger.top_up(member_id, 990, unit=contract.POINTS)

    assert (answer["points"], answer["available"], answer["expires_on"]) == (990, 1_000, None)


def test_what_does_not_buy_a_whole_coin_is_not_lost_if_it_buys_nothing_at_all(ledger: Ledger):
    member_id = ledger.member()

    assert ledger.top_up(member_id, 250)["points"] == 2
    assert refusal_of(lambda: ledger.top_up(member_id, 99)) == contract.TOO_LITTLE_MONEY


def test_a_payment_tops_up_once_whatever_the_request_id(ledger: Ledger):
    member_id = ledger.member()

    first = ledger.top_up(member_id, 500, "pay_once", request_id="top-1")
    again = ledger.top_up(member_id, 500, "pay_once", request_id="top-1")
    other = ledger.top_up(member_id, 500, "pay_once", request_id="top-2")

    assert first == again == other == ledger.top_up(member_id, 500, "pay_once", request_id="top-2")
    assert coins(ledger, member_id) == 5


def test_a_payment_cannot_top_up_anything_else(ledger: Ledger):
    member_id, other = ledger.member(), ledger.member()
    ledger.top_up(member_id, 500, "pay_mine", request_id="mine-1")

    assert refusal_of(lambda: ledger.top_up(other, 500, "pay_mine")) == contract.PAYMENT_USED_BEFORE
    assert refusal_of(lambda: ledger.top_up(member_id, 600, "pay_mine")) == contract.PAYMENT_USED_BEFORE
    assert (
        refusal_of(lambda: ledger.top_up(member_id, 500, "pay_mine", unit=contract.POINTS))
        == contract.PAYMENT_USED_BEFORE
    )
    assert refusal_of(lambda: ledger.top_up(member_id, 600, "pay_new", request_id="mine-1")) == KEY_REUSED


def test_one_payment_at_once_under_many_request_ids_is_one_top_up(ledger: Ledger):
    for _ in range(10):
        member_id, payment = ledger.member(), new_id("pay")

        results = race(*[partial(ledger.top_up, member_id, 300, payment) for _ in range(4)])

        assert codes(results) == [""] * 4
        assert results == [results[0]] * 4
        assert coins(ledger, member_id) == 3


def test_one_payment_at_once_for_two_members_serves_one_of_them(ledger: Ledger):
    for _ in range(10):
        one, other, payment = ledger.member(), ledger.member(), new_id("pay")

        results = race(partial(ledger.top_up, one, 300, payment), partial(ledger.top_up, other, 300, payment))

        assert codes(results) == ["", contract.PAYMENT_USED_BEFORE]


def test_refusals_of_a_top_up(ledger: Ledger):
    frozen = ledger.member()
    ledger.freeze(frozen)

    assert refusal_of(lambda: ledger.top_up(frozen, 300)) == contract.ACCOUNT_FROZEN
    assert refusal_of(lambda: ledger.top_up(new_id("mbr"), 300)) == contract.ACCOUNT_UNKNOWN


def test_a_top_up_repays_what_is_owed_first(ledger: Ledger):
    member_id = ledger.member(100)
    ledger.hold(member_id, 100)
    ledger.claw_back(member_id, 30)

    answer = ledger.top_up(member_id, 100, unit=contract.POINTS)

    assert (answer["repaid"], answer["available"]) == (30, 70)


def test_what_is_left_of_a_top_up_is_taken_back_with_its_money(ledger: Ledger):
    member_id, order_id = ledger.member(), new_id("ord")
    bought = ledger.top_up(member_id, 1_000, "pay_back")
    ledger.hold(member_id, 3, order_id, unit=COIN)

    first = ledger.reverse_top_up("pay_back", request_id="back-1")
    ledger.release(order_id, unit=COIN)
    second = ledger.reverse_top_up("pay_back")

    assert (first["points"], first["amount_fen"], first["available"]) == (7, 700, 0)
    assert (second["points"], second["amount_fen"], second["available"]) == (3, 300, 0)
    assert ledger.reverse_top_up("pay_back", request_id="back-1") == first
    assert ledger.fetch(ENTRIES, id=first["journal_id"]) == [
        ("CNY", "system", "cash:received", 700, None, None),
        ("CNY", "system", "exchange", -700, None, None),
        ("COIN", "system", "exchange", 7, None, None),
        ("COIN", "wallet", None, -7, 1, "9999-12-31"),
    ]
    undone = ledger.fetch("SELECT corrects, ref FROM journal WHERE id = :id", id=first["journal_id"])
    assert undone == [(bought["journal_id"], "pay_back")]
    assert refusal_of(lambda: ledger.reverse_top_up("pay_back")) == contract.TOP_UP_SPENT


def test_coins_that_were_a_gift_of_the_mall_never_come_out_as_money(ledger: Ledger):
    member_id, order_id = ledger.member(), new_id("ord")
    ledger.top_up(member_id, 500, "pay_mix")
    ledger.accrue(member_id, 10, unit=COIN)
    ledger.hold(member_id, 12, order_id, unit=COIN)

    assert ledger.reverse_top_up("pay_mix")["points"] == 3  # what the mall gave was spent first
    ledger.accrue(member_id, 10, unit=COIN)
    assert refusal_of(lambda: ledger.reverse_top_up("pay_mix")) == contract.TOP_UP_SPENT


def test_of_several_top_ups_the_first_is_spent_first_and_a_reversal_takes_its_own_only(ledger: Ledger):
    member_id, order_id = ledger.member(), new_id("ord")
    ledger.top_up(member_id, 10_000, "pay_first")
    ledger.top_up(member_id, 10_000, "pay_second")
    ledger.hold(member_id, 150, order_id, unit=COIN)
    ledger.capture(order_id, unit=COIN)

    assert refusal_of(lambda: ledger.reverse_top_up("pay_first")) == contract.TOP_UP_SPENT
    assert ledger.reverse_top_up("pay_second")["points"] == 50
    assert refusal_of(lambda: ledger.reverse_top_up("pay_second")) == contract.TOP_UP_SPENT


def test_what_an_order_gives_back_is_of_the_top_up_that_paid_for_it(ledger: Ledger):
    member_id, first, second = ledger.member(), new_id("ord"), new_id("ord")
    ledger.top_up(member_id, 1_000, "pay_for_first")
    ledger.top_up(member_id, 1_000, "pay_for_second")
    for order_id in (first, second):
        ledger.hold(member_id, 10, order_id, unit=COIN)
        ledger.capture(order_id, unit=COIN)

    ledger.refund(first, 4, unit=COIN)

    assert refusal_of(lambda: ledger.reverse_top_up("pay_for_second")) == contract.TOP_UP_SPENT
    assert ledger.reverse_top_up("pay_for_first")["amount_fen"] == 400


def test_what_is_held_is_of_the_first_top_ups_as_if_it_were_spent(ledger: Ledger):
    member_id, order_id = ledger.member(), new_id("ord")
    ledger.top_up(member_id, 1_000, "pay_held")
    ledger.top_up(member_id, 1_000, "pay_free")
    ledger.hold(member_id, 10, order_id, unit=COIN)

    assert refusal_of(lambda: ledger.reverse_top_up("pay_held")) == contract.TOP_UP_SPENT
    assert ledger.reverse_top_up("pay_free")["points"] == 10
    ledger.release(order_id, unit=COIN)
    assert ledger.reverse_top_up("pay_held")["points"] == 10


def test_coins_that_were_exchanged_are_spent_and_do_not_come_back_as_what_was_paid(ledger: Ledger):
    ledger.rate("PTS>COIN", 100, 1)
    ledger.rate("COIN>PTS", 1, 100)
    member_id = ledger.member()
    ledger.top_up(member_id, 1_000, "pay_there")

    ledger.exchange(member_id, 1_000, way="COIN>PTS")
    ledger.exchange(member_id, 10)

    assert coins(ledger, member_id) == 10
    assert refusal_of(lambda: ledger.reverse_top_up("pay_there")) == contract.TOP_UP_SPENT
    ledger.rate("COIN>PTS", 1, 100, is_open=False)


def test_what_came_back_with_days_of_grace_is_still_of_its_top_up(ledger: Ledger):
    ledger.policy("top_up", "end_of_year", 0)
    member_id, order_id = ledger.member(), new_id("ord")
    ledger.top_up(member_id, 100, "pay_over", unit=contract.POINTS)
    ledger.hold(member_id, 100, order_id)
    ledger.capture(order_id)
    ledger.clock.advance(days=60)
    ledger.policy("top_up", "never")
    ledger.top_up(member_id, 50, "pay_new", unit=contract.POINTS)

    ledger.refund(order_id, 70)

    assert ledger.reverse_top_up("pay_over")["points"] == 70
    assert ledger.reverse_top_up("pay_new")["points"] == 50


def test_the_request_id_of_a_reversal_means_no_other_payment_not_even_an_unknown_one(ledger: Ledger):
    ledger.top_up(ledger.member(), 500, "pay_named")
    ledger.reverse_top_up("pay_named", request_id="back-once")

    assert refusal_of(lambda: ledger.reverse_top_up("pay_nothing", request_id="back-once")) == KEY_REUSED


def test_money_that_came_and_money_that_is_to_go_back_are_told_once(ledger: Ledger):
    member_id = ledger.member()
    ledger.top_up(member_id, 1_000, "pay_told", request_id="told-1")
    ledger.top_up(member_id, 1_000, "pay_told", request_id="told-2")
    ledger.hold(member_id, 4, unit=COIN)
    ledger.reverse_top_up("pay_told", request_id="told-3")
    ledger.reverse_top_up("pay_told", request_id="told-3")

    of_payment = {"member_id": member_id, "unit": COIN, "payment_ref": "pay_told"}
    assert told(ledger, contract.TOP_UP_RECEIVED, member_id) == [
        of_payment | {"amount_fen": 1_000, "points": 10, "repaid": 0, "available": 10}
    ]
    assert told(ledger, contract.TOP_UP_REVERSED, member_id) == [
        of_payment | {"amount_fen": 600, "points": 6, "available": 0, "reason": "returned"}
    ]


def told(ledger: Ledger, event: Event, member_id: str) -> list[dict]:
    return [one["data"] for one in emitted(ledger.engine, event, member_id)]


def test_a_payment_that_topped_up_nothing_cannot_be_reversed(ledger: Ledger):
    assert refusal_of(lambda: ledger.reverse_top_up("pay_never")) == contract.TOP_UP_UNKNOWN


def test_reversals_at_once_take_back_once(ledger: Ledger):
    for _ in range(10):
        member_id, payment = ledger.member(), new_id("pay")
        ledger.top_up(member_id, 300, payment)

        results = race(*[partial(ledger.reverse_top_up, payment) for _ in range(3)])

        assert codes(results) == ["", contract.TOP_UP_SPENT, contract.TOP_UP_SPENT]
        assert coins(ledger, member_id) == 0


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.integers(1, 10_000), st.integers(1, 50), st.integers(1, 50), st.lists(st.integers(1, 400), max_size=4))
def test_reversed_in_parts_a_top_up_gives_back_what_it_cost_to_the_fen(engine, money, give, get, parts):
    ledger = Ledger(engine)
    ledger.rate("CNY>COIN", give, get, expiry="policy")
    member_id, payment = ledger.member(), new_id("pay")
    try:
        bought = ledger.top_up(member_id, money, payment)["points"]
    except Refused as refused:
        assert (refused.code, money * get < give) == (contract.TOO_LITTLE_MONEY, True)
        return
    back, held = [], []
    for part in parts:
        if part < ledger.balance(member_id, unit=COIN)["available"]:
            held.append(new_id("ord"))
            ledger.hold(member_id, part, held[-1], unit=COIN)
            back.append(ledger.reverse_top_up(payment))
            ledger.release(held[-1], unit=COIN)
    back.append(ledger.reverse_top_up(payment))

    assert sum(one["points"] for one in back) == bought == money * get // give
    assert sum(one["amount_fen"] for one in back) == money
