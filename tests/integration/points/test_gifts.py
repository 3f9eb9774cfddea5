"""Points given to another member: the same points and days, within limits that twenty at once cannot pass."""

from functools import partial

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED, Refused
from services.chassis.testkit import database_of, emitted, race
from services.points import contract
from tests.integration.points.story import Ledger
from tests.integration.points.test_commands import refusal_of
from tests.integration.points.test_races import codes

engine = database_of("points")
ENTRIES = """
    SELECT account.owner, account.kind, entry.amount, entry.pool, entry.expires_on::text
    FROM entry JOIN account ON account.id = entry.account_id WHERE journal_id = :id ORDER BY seq
"""


@pytest.fixture(autouse=True)
def limits(engine):
    made = Ledger(engine)
    made.policy("check_in", "end_of_year", 0)
    made.gift_limit()


def test_a_gift_takes_what_expires_first_and_prolongs_nothing(ledger: Ledger):
    giver, receiver = ledger.member(100), ledger.member()
    ledger.accrue(giver, 50, source="check_in")

    answer = ledger.gift(giver, receiver, 80)

    assert (answer["points"], answer["available"]) == (80, 70)
    assert ledger.fetch(ENTRIES, id=answer["journal_id"]) == [
        (giver, "wallet", -50, 0, "2026-12-31"),
        (giver, "wallet", -30, 0, "2028-12-31"),
        (receiver, "wallet", 50, 0, "2026-12-31"),
        (receiver, "wallet", 30, 0, "2028-12-31"),
    ]
    assert ledger.balance(receiver)["expiring"] == [
        {"expires_on": "2026-12-31", "points": 50},
        {"expires_on": "2028-12-31", "points": 30},
    ]


def test_a_gift_is_not_earned_and_the_giver_still_has_earned_it(ledger: Ledger):
    giver, receiver = ledger.member(100), ledger.member()

    ledger.gift(giver, receiver, 80)

    assert ledger.balance(giver)["earned_in_all"] == 100
    assert ledger.balance(receiver)["earned_in_all"] == 0


def test_both_members_hear_of_it(ledger: Ledger):
    giver, receiver = ledger.member(100), ledger.member(5)

    ledger.gift(giver, receiver, 80)

    event = emitted(ledger.engine, contract.POINTS_GIFTED)[-1]
    assert (event["subject"], event["sequence"]) == (giver, 2)
    assert event["data"] == {
        "from_member": giver,
        "to_member": receiver,
        "points": 80,
        "repaid": 0,
        "giver_available": 20,
        "receiver_available": 85,
        "message": "生日快乐",
    }


def test_what_the_receiver_owes_is_repaid_first_out_of_what_expires_first(ledger: Ledger):
    giver, receiver = ledger.member(100), ledger.member(40)
    ledger.accrue(giver, 50, source="check_in")
    ledger.hold(receiver, 40)
    ledger.claw_back(receiver, 30)

    ledger.gift(giver, receiver, 80)

    balance = ledger.balance(receiver)
    assert (balance["available"], balance["owed"]) == (50, 0)
    assert balance["expiring"] == [
        {"expires_on": "2026-12-31", "points": 20},
        {"expires_on": "2028-12-31", "points": 30},
    ]
    assert emitted(ledger.engine, contract.POINTS_GIFTED)[-1]["data"]["repaid"] == 30


def test_only_pools_that_may_be_given_are_drawn_on(ledger: Ledger):
    ledger.pool(7, giftable=True)
    ledger.pool(8, giftable=False)
    giver, receiver = ledger.member(), ledger.member()
    ledger.accrue(giver, 30, pool=7)
    ledger.accrue(giver, 900, pool=8)

    ledger.gift(giver, receiver, 20)
    with pytest.raises(Refused) as refused:
        ledger.gift(giver, receiver, 20)

    assert (refused.value.code, refused.value.details) == (contract.INSUFFICIENT, {"available": 10, "needed": 20})
    assert ledger.fetch(
        "SELECT pool, remaining FROM bucket JOIN account ON id = account_id WHERE owner = :id", id=receiver
    ) == [(7, 20)]


def test_what_was_bought_with_money_is_not_given_away(ledger: Ledger):
    giver, receiver = ledger.member(), ledger.member()
    ledger.top_up(giver, 500, unit=contract.POINTS)

    assert refusal_of(lambda: ledger.gift(giver, receiver, 20)) == contract.INSUFFICIENT


def test_refusals_say_whose_account_it_is(ledger: Ledger):
    giver, receiver, frozen, nobody = ledger.member(100), ledger.member(), ledger.member(50), new_id("mbr")
    ledger.freeze(frozen)

    def refused(one: str, other: str) -> tuple:
        with pytest.raises(Refused) as caught:
            ledger.gift(one, other, 20)
        return caught.value.code, caught.value.details.get("side")

    assert refused(frozen, receiver) == (contract.ACCOUNT_FROZEN, "giver")
    assert refused(giver, frozen) == (contract.ACCOUNT_FROZEN, "receiver")
    assert refused(nobody, receiver) == (contract.ACCOUNT_UNKNOWN, "giver")
    assert refused(giver, nobody) == (contract.ACCOUNT_UNKNOWN, "receiver")
    assert refused(giver, giver) == (contract.GIFT_TO_ONESELF, None)
    assert refusal_of(lambda: ledger.gift(receiver, giver, 20)) == contract.INSUFFICIENT


def test_limits_are_rows_and_count_from_their_day_on(ledger: Ledger):
    giver, receiver = ledger.member(10_000), ledger.member()
    ledger.gift_limit(largest=300, points_a_day=400, effective_from="2026-11-21")
    ledger.gift(giver, receiver, 500)
    ledger.clock.advance(days=1)

    with pytest.raises(Refused) as refused:
        ledger.gift(giver, receiver, 301)

    assert (refused.value.code, refused.value.details) == (
        contract.GIFT_OUTSIDE_LIMITS,
        {"limit": "largest", "allowed": 300, "found": 301},
    )
    ledger.gift(giver, receiver, 300)
    assert refusal_of(lambda: ledger.gift(giver, receiver, 101)) == contract.GIFT_OUTSIDE_LIMITS
    ledger.gift_limit(effective_from="2026-11-21")


def test_days_and_months_are_those_of_china(ledger: Ledger):
    ledger.gift_limit(points_a_day=100, points_a_month=150, effective_from="2026-11-29")
    giver, receiver = ledger.member(10_000), ledger.member()
    ledger.clock.instant = ledger.clock.instant.replace(day=29, hour=15, minute=59)  # 23:59 in China

    ledger.gift(giver, receiver, 100)
    assert refusal_of(lambda: ledger.gift(giver, receiver, 10)) == contract.GIFT_OUTSIDE_LIMITS
    ledger.clock.advance(minutes=1)
    ledger.gift(giver, receiver, 50)
    assert refusal_of(lambda: ledger.gift(giver, receiver, 10)) == contract.GIFT_OUTSIDE_LIMITS
    ledger.clock.advance(days=1)
    assert ledger.gift(giver, receiver, 100)["points"] == 100


def test_the_same_gift_again_gets_the_same_answer_and_another_content_is_refused(ledger: Ledger):
    giver, receiver, other = ledger.member(100), ledger.member(), ledger.member(100)

    first = ledger.gift(giver, receiver, 20, request_id="gift-1")

    assert ledger.gift(giver, receiver, 20, request_id="gift-1") == first
    assert refusal_of(lambda: ledger.gift(giver, receiver, 21, request_id="gift-1")) == KEY_REUSED
    assert refusal_of(lambda: ledger.gift(other, receiver, 20, request_id="gift-1")) == KEY_REUSED
    assert (ledger.available(giver), ledger.available(receiver)) == (80, 20)


def test_twenty_gifts_at_once_give_no_more_than_there_is(ledger: Ledger):
    ledger.gift_limit(gifts_a_day=100)
    giver, receivers = ledger.member(100), [ledger.member() for _ in range(20)]

    results = race(*[partial(ledger.gift, giver, receiver, 30) for receiver in receivers])

    assert codes(results) == [""] * 3 + [contract.INSUFFICIENT] * 17
    assert ledger.available(giver) + sum(ledger.available(receiver) for receiver in receivers) == 100


def test_twenty_gifts_at_once_cannot_pass_a_limit(ledger: Ledger):
    ledger.gift_limit(points_a_day=70, gifts_a_day=100)
    giver, receiver = ledger.member(10_000), ledger.member()

    results = race(*[partial(ledger.gift, giver, receiver, 30) for _ in range(20)])

    assert codes(results) == [""] * 2 + [contract.GIFT_OUTSIDE_LIMITS] * 18
    assert ledger.available(receiver) == 60


def test_members_who_give_each_other_at_once_do_not_lock_each_other_out(ledger: Ledger):
    ledger.gift_limit(gifts_a_day=100)
    for _ in range(10):
        one, other, third = (ledger.member(100) for _ in range(3))

        results = race(
            *[partial(ledger.gift, a, b, 20) for a, b in ((one, other), (other, one), (other, third), (third, one))] * 2
        )

        assert codes(results) == [""] * 8
        assert ledger.available(one) + ledger.available(other) + ledger.available(third) == 300


def test_one_gift_sent_twice_at_once_is_given_once(ledger: Ledger):
    for _ in range(10):
        giver, receiver, key = ledger.member(100), ledger.member(), new_id("req")

        results = race(*[partial(ledger.gift, giver, receiver, 30, request_id=key) for _ in range(4)])

        assert results == [results[0]] * 4
        assert ledger.available(receiver) == 30
