"""Mall coins: earned, held and spent like points; exchanged at a rate that is a row."""

from functools import partial

import hypothesis.strategies as st
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from services.chassis.ids import new_id
from services.chassis.refusal import KEY_REUSED, Refused
from services.chassis.testkit import database_of, emitted, race
from services.chassis.testkit.interleaving import interleavings
from services.points import contract
from services.points.usecases.get_explanation import get_explanation
from services.points.usecases.get_past_balance import get_past_balance
from services.points.usecases.list_statement import list_statement
from services.points.usecases.quote_exchange import quote_exchange
from tests.integration.points.story import Ledger
from tests.integration.points.test_commands import refusal_of
from tests.integration.points.test_races import codes

engine = database_of("points")
COIN = contract.COINS
BEFORE, TO_COME = "2026-11-19T00:00:00Z", "2036-11-19T00:00:00Z"
ENTRIES = """
    SELECT account.unit, account.kind, CASE account.kind WHEN 'system' THEN account.owner END, entry.amount,
           entry.pool, entry.expires_on::text
    FROM entry JOIN account ON account.id = entry.account_id WHERE journal_id = :id ORDER BY seq
"""


@pytest.fixture(autouse=True)
def rates(engine):
    """Every story begins with the same: 100 points a coin, no way back."""
    made = Ledger(engine)
    made.policy("check_in", "end_of_year", 0)
    made.rate("PTS>COIN", 100, 1)
    made.rate("COIN>PTS", 1, 100, is_open=False)


def test_coins_are_earned_held_captured_and_refunded_apart_from_points(ledger: Ledger):
    member_id, order_id = ledger.member(500), new_id("ord")

    earned = ledger.accrue(member_id, 12, unit=COIN)
    ledger.hold(member_id, 10, order_id, unit=COIN)
    ledger.hold(member_id, 200, order_id)
    ledger.capture(order_id, unit=COIN)
    ledger.release(order_id)
    ledger.refund(order_id, 4, unit=COIN)

    assert (earned["available"], earned["expires_on"]) == (12, None)
    coins = ledger.balance(member_id, unit=COIN)
    assert (coins["available"], coins["held"], coins["earned_in_all"]) == (6, 0, 12)
    assert ledger.available(member_id) == 500
    assert emitted(ledger.engine, contract.POINTS_ACCRUED)[-1]["data"]["unit"] == COIN
    assert emitted(ledger.engine, contract.POINTS_REFUNDED)[-1]["data"]["unit"] == COIN


def test_a_wallet_of_coins_is_as_frozen_as_that_of_points(ledger: Ledger):
    member_id = ledger.member(state="suspended")

    assert refusal_of(lambda: ledger.accrue(member_id, 1, unit=COIN)) == contract.ACCOUNT_FROZEN
    assert refusal_of(lambda: ledger.accrue(new_id("mbr"), 1, unit=COIN)) == contract.ACCOUNT_UNKNOWN


@pytest.mark.parametrize("earlier", [{}, {"happened_by": BEFORE}, {"booked_by": BEFORE}])
def test_who_had_no_wallet_of_coins_had_no_coins_in_the_past(ledger: Ledger, earlier):
    member_id = ledger.member(10)

    found = past(ledger, {"member_id": member_id, "unit": COIN, **earlier})

    assert (found["posted"], found["unexpired"], found["owed"], found["expiring"]) == (0, 0, 0, [])


def test_what_was_answered_of_the_past_stays_while_the_first_coins_come(ledger: Ledger, engine):
    asked: list[tuple[dict, dict]] = []

    def look(contender):
        with contender.connect() as connection:
            until = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
        request = {"member_id": member_id, "unit": COIN, "booked_by": until.isoformat()}
        asked.append((request, past(Ledger(contender), request)))

    def deeds():
        nonlocal member_id
        member_id = ledger.member()
        return [lambda contender: Ledger(contender).top_up(member_id, 500), look]

    member_id = ""
    for done in interleavings(engine, deeds):
        request, answer = asked.pop()
        assert (past(ledger, request), done.deadlocked) == (answer, False), done.order


def past(ledger: Ledger, request: dict) -> dict:
    return ledger.ask(contract.GET_PAST_BALANCE, get_past_balance, request)


def test_who_has_no_wallet_of_coins_yet_has_too_few_for_an_order_and_no_line_to_explain(ledger: Ledger):
    member_id, line = ledger.member(10), {"line_id": "1", "unit": COIN}

    with pytest.raises(Refused) as refused:
        ledger.hold(member_id, 5, unit=COIN)

    assert (refused.value.code, refused.value.details) == (contract.INSUFFICIENT, {"available": 0, "needed": 5})
    assert refusal_of(lambda: ledger.hold(new_id("mbr"), 5, unit=COIN)) == contract.ACCOUNT_UNKNOWN
    explain = partial(ledger.ask, contract.GET_EXPLANATION, get_explanation)
    assert refusal_of(lambda: explain({"member_id": member_id, **line})) == contract.LINE_UNKNOWN
    assert refusal_of(lambda: explain({"member_id": new_id("mbr"), **line})) == contract.ACCOUNT_UNKNOWN


@pytest.mark.parametrize("clock", ["happened_by", "booked_by"])
def test_an_instant_to_come_is_refused_where_there_is_no_wallet_yet_too(ledger: Ledger, clock):
    request = {"member_id": ledger.member(), "unit": COIN, clock: TO_COME}

    for call, usecase in ((contract.GET_PAST_BALANCE, get_past_balance), (contract.LIST_STATEMENT, list_statement)):
        assert refusal_of(partial(ledger.ask, call, usecase, request)) == contract.INSTANT_TO_COME


def test_who_has_no_wallet_of_coins_yet_has_no_coins_and_an_empty_statement(ledger: Ledger):
    member_id = ledger.member(10)

    balance = ledger.balance(member_id, unit=COIN)
    statement = ledger.ask(contract.LIST_STATEMENT, list_statement, {"member_id": member_id, "unit": COIN})

    assert (balance["available"], balance["owed"], balance["expiring"]) == (0, 0, [])
    assert statement == {"lines": [], "next_cursor": None}
    assert refusal_of(lambda: ledger.balance(new_id("mbr"), unit=COIN)) == contract.ACCOUNT_UNKNOWN


def test_points_of_a_pool_are_earned_into_that_pool_and_an_unknown_pool_is_refused(ledger: Ledger):
    member_id = ledger.member()
    ledger.pool(7, exchangeable=True)

    ledger.accrue(member_id, 30, pool=7)

    assert ledger.fetch("SELECT pool, remaining FROM bucket JOIN account ON id = account_id WHERE owner = :id",
                        id=member_id) == [(7, 30)]  # fmt: skip
    assert refusal_of(lambda: ledger.accrue(member_id, 30, pool=8)) == contract.POOL_UNKNOWN


def test_an_exchange_is_one_journal_with_both_units_and_names_its_rate(ledger: Ledger):
    member_id = ledger.member(250)
    quoted = quote(ledger, 2)

    answer = ledger.exchange(member_id, 2, quoted["give"])

    assert (quoted["give"], quoted["rate_give"], quoted["rate_get"]) == (200, 100, 1)
    assert (answer["give"], answer["get"], answer["rule"]) == (200, 2, quoted["rule"])
    assert (answer["available_from"], answer["available_to"]) == (50, 2)
    assert ledger.fetch(ENTRIES, id=answer["journal_id"]) == [
        ("PTS", "wallet", None, -200, 0, "2028-12-31"),
        ("PTS", "system", "exchange", 200, None, None),
        ("COIN", "system", "exchange", -2, None, None),
        ("COIN", "wallet", None, 2, 0, "2028-12-31"),
    ]
    [(kind, rule)] = ledger.fetch("SELECT kind, rule FROM journal WHERE id = :id", id=answer["journal_id"])
    assert (kind, rule) == ("exchange", quoted["rule"])
    amounts = {name: answer[name] for name in ("give", "get", "repaid", "available_from", "available_to")}
    event = emitted(ledger.engine, contract.POINTS_EXCHANGED)[-1]
    assert event["data"] == {"member_id": member_id, "from_unit": "PTS", "to_unit": COIN, **amounts}
    assert ledger.balance(member_id, unit=COIN)["earned_in_all"] == 0


def test_what_expires_first_is_exchanged_first_and_coins_live_no_longer(ledger: Ledger):
    member_id = ledger.member(150)
    ledger.accrue(member_id, 50, source="check_in")

    ledger.exchange(member_id, 2)

    assert ledger.balance(member_id, unit=COIN)["expiring"] == [
        {"expires_on": "2026-12-31", "points": 1},
        {"expires_on": "2028-12-31", "points": 1},
    ]


def test_going_there_and_back_prolongs_nothing(ledger: Ledger):
    ledger.rate("COIN>PTS", 1, 100)
    member_id = ledger.member()
    ledger.accrue(member_id, 300, source="check_in")

    ledger.exchange(member_id, 3)
    ledger.exchange(member_id, 300, way="COIN>PTS")

    assert ledger.balance(member_id)["expiring"] == [{"expires_on": "2026-12-31", "points": 300}]
    assert ledger.balance(member_id, unit=COIN)["available"] == 0


def test_where_ops_say_so_coins_live_as_their_own_policy_says(ledger: Ledger):
    ledger.rate("PTS>COIN", 100, 1, expiry="policy")
    member_id = ledger.member()
    ledger.accrue(member_id, 300, source="check_in")

    ledger.exchange(member_id, 3)

    coins = ledger.balance(member_id, unit=COIN)
    assert (coins["available"], coins["expiring"]) == (3, [])


def test_the_pool_is_kept_and_one_that_may_not_be_exchanged_stays(ledger: Ledger):
    ledger.pool(7, exchangeable=True)
    ledger.pool(8, exchangeable=False)
    member_id = ledger.member()
    ledger.accrue(member_id, 100, pool=7)
    ledger.accrue(member_id, 900, pool=8)

    answer = ledger.exchange(member_id, 1)

    assert ledger.fetch(ENTRIES, id=answer["journal_id"])[-1] == ("COIN", "wallet", None, 1, 7, "2028-12-31")
    with pytest.raises(Refused) as refused:
        ledger.exchange(member_id, 1)
    assert (refused.value.code, refused.value.details) == (contract.INSUFFICIENT, {"available": 0, "needed": 100})


def test_a_rate_that_changed_since_the_quote_is_refused_with_the_new_cost(ledger: Ledger):
    member_id = ledger.member(500)
    quoted = quote(ledger, 2)["give"]
    ledger.rate("PTS>COIN", 120, 1)

    with pytest.raises(Refused) as refused:
        ledger.exchange(member_id, 2, quoted)

    assert (refused.value.code, refused.value.details["give"]) == (contract.RATE_CHANGED, 240)
    assert ledger.available(member_id) == 500


def test_a_rate_of_days_to_come_does_not_count_yet(ledger: Ledger):
    ledger.execute(
        "INSERT INTO exchange_rate (from_unit, to_unit, give, get, expiry, effective_from, actor)"
        " VALUES ('PTS', 'COIN', 500, 1, 'keep', '2026-11-21', 'migration')"
    )
    today = quote(ledger, 1)["give"]
    ledger.clock.advance(days=1)
    tomorrow = quote(ledger, 1)["give"]
    ledger.execute(
        "INSERT INTO exchange_rate (from_unit, to_unit, give, get, expiry, effective_from, actor)"
        " VALUES ('PTS', 'COIN', 100, 1, 'keep', '2026-11-21', 'migration')"
    )

    assert (today, tomorrow) == (100, 500)


def test_a_way_that_is_closed_is_refused(ledger: Ledger):
    member_id = ledger.member(500)
    ledger.exchange(member_id, 1)

    assert refusal_of(lambda: ledger.exchange(member_id, 100, 1, way="COIN>PTS")) == contract.EXCHANGE_CLOSED
    assert refusal_of(lambda: ledger.exchange(member_id, 100, 100, way="PTS>PTS")) == contract.EXCHANGE_CLOSED
    assert refusal_of(lambda: quote(ledger, 1, "COIN>PTS")) == contract.EXCHANGE_CLOSED


def test_rates_by_which_one_could_make_points_out_of_nothing_close_both_ways_and_are_found(ledger: Ledger):
    member_id = ledger.member(500)
    ledger.rate("COIN>PTS", 1, 101)

    assert refusal_of(lambda: ledger.exchange(member_id, 1, 100)) == contract.EXCHANGE_CLOSED
    assert refusal_of(lambda: quote(ledger, 100, "COIN>PTS")) == contract.EXCHANGE_CLOSED
    assert [breach["name"] for breach in ledger.breaches()] == ["no_exchange_there_and_back_gains"]
    ledger.rate("COIN>PTS", 1, 100)


def test_coins_that_are_bought_repay_what_is_owed_in_coins(ledger: Ledger):
    member_id = ledger.member(500)
    ledger.accrue(member_id, 5, unit=COIN)
    ledger.hold(member_id, 5, unit=COIN)
    ledger.claw_back(member_id, 3, unit=COIN)

    answer = ledger.exchange(member_id, 4)

    assert (answer["repaid"], answer["available_to"]) == (3, 1)
    assert ledger.balance(member_id, unit=COIN)["owed"] == 0


def test_refusals_of_an_exchange(ledger: Ledger):
    poor, frozen = ledger.member(99), ledger.member(500, state="active")
    ledger.freeze(frozen)

    assert refusal_of(lambda: ledger.exchange(poor, 1)) == contract.INSUFFICIENT
    assert refusal_of(lambda: ledger.exchange(frozen, 1)) == contract.ACCOUNT_FROZEN
    assert refusal_of(lambda: ledger.exchange(new_id("mbr"), 1)) == contract.ACCOUNT_UNKNOWN


def test_the_same_exchange_again_gets_the_same_answer_and_another_content_is_refused(ledger: Ledger):
    member_id = ledger.member(500)

    first = ledger.exchange(member_id, 2, request_id="exchange-1")
    ledger.rate("PTS>COIN", 120, 1)

    assert ledger.exchange(member_id, 2, 200, request_id="exchange-1") == first
    assert refusal_of(lambda: ledger.exchange(member_id, 3, 300, request_id="exchange-1")) == KEY_REUSED
    assert ledger.available(member_id) == 300


def test_exchanges_of_one_wallet_at_once_never_exceed_it(ledger: Ledger):
    for _ in range(10):
        member_id = ledger.member(500)

        results = race(*[partial(ledger.exchange, member_id, 2, 200) for _ in range(4)])

        assert codes(results) == ["", "", contract.INSUFFICIENT, contract.INSUFFICIENT]
        assert (ledger.available(member_id), ledger.balance(member_id, unit=COIN)["available"]) == (100, 4)


def test_exchanges_both_ways_at_once_do_not_lock_each_other_out(ledger: Ledger):
    ledger.rate("COIN>PTS", 1, 100)
    for _ in range(10):
        member_id = ledger.member(500)
        ledger.accrue(member_id, 5, unit=COIN)
        there = partial(ledger.exchange, member_id, 1, 100)
        back = partial(ledger.exchange, member_id, 100, 1, way="COIN>PTS")

        assert codes(race(there, back, there, back)) == [""] * 4
        assert (ledger.available(member_id), ledger.balance(member_id, unit=COIN)["available"]) == (500, 5)


def quote(ledger: Ledger, get: int, way: str = "PTS>COIN") -> dict:
    from_unit, to_unit = way.split(">")
    request = {"from_unit": from_unit, "to_unit": to_unit, "get": get}
    return ledger.ask(contract.QUOTE_EXCHANGE, quote_exchange, request)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.lists(st.tuples(st.sampled_from(["PTS>COIN", "COIN>PTS"]), st.integers(1, 900)), max_size=8))
def test_no_round_trip_makes_value_out_of_nothing(engine, trips):
    ledger = Ledger(engine)
    ledger.rate("PTS>COIN", 7, 2)
    ledger.rate("COIN>PTS", 2, 7)
    member_id = ledger.member(1_000)

    for way, get in trips:
        try:
            ledger.exchange(member_id, get, way=way)
        except Refused as refused:
            assert refused.code == contract.INSUFFICIENT
    [(points, coins)] = ledger.fetch(
        "SELECT coalesce(sum(posted) FILTER (WHERE unit = 'PTS'), 0),"
        " coalesce(sum(posted) FILTER (WHERE unit = 'COIN'), 0)"
        " FROM account WHERE owner = :id AND kind = 'wallet'",
        id=member_id,
    )
    assert points * 2 + coins * 7 <= 2_000
    assert ledger.fetch("SELECT unit FROM entry GROUP BY unit HAVING sum(amount) <> 0") == []
