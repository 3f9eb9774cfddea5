"""What rules owe each other: a row that would break it is refused or told of; the audit finds what was set in SQL."""

from datetime import date

import pytest
import sqlalchemy as sa

from services.chassis.clock import local_date
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.points import contract
from services.points.usecases.approve_rule_change import approve_rule_change
from tests.integration.points.rule_story import (
    LATER,
    PAID,
    PTS_FOR_COINS,
    TOMORROW,
    approve,
    ask_for,
    change,
    count,
    said,
)
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")
COINS_FOR_PTS = {"from_unit": "COIN", "to_unit": "PTS", "open": "true"}


def test_rates_by_which_going_there_and_back_gains_are_refused(ledger: Ledger):
    change(ledger, "exchange_rate", **COINS_FOR_PTS)  # 1 coin for 100 points: nothing is gained
    rows = count(ledger, "exchange_rate")

    with pytest.raises(Refused) as caught:
        change(ledger, "exchange_rate", LATER, **PTS_FOR_COINS, give="99")

    assert caught.value.code == contract.RULE_CONTRADICTED
    assert caught.value.details == {"what": "no_exchange_there_and_back_gains", "since": LATER.isoformat()}
    assert count(ledger, "exchange_rate") == rows


def test_a_rate_that_would_gain_with_one_to_come_is_refused_for_that_day(ledger: Ledger):
    change(ledger, "exchange_rate", LATER, **COINS_FOR_PTS)

    with pytest.raises(Refused) as caught:
        change(ledger, "exchange_rate", **PTS_FOR_COINS, give="50")

    assert caught.value.details["since"] == LATER.isoformat()


def test_both_ways_change_when_the_dearer_one_comes_first(ledger: Ledger):
    change(ledger, "exchange_rate", **COINS_FOR_PTS)

    change(ledger, "exchange_rate", LATER, **COINS_FOR_PTS, get="50")
    change(ledger, "exchange_rate", LATER, **PTS_FOR_COINS, give="50")

    assert said(ledger, "exchange_rate", LATER, **PTS_FOR_COINS)["give"] == 50


def test_who_approves_one_way_waits_for_who_approves_the_other(ledger: Ledger):
    """Each of them by itself would gain nothing."""
    there, back = (ask_for(ledger, "exchange_rate", **says) for says in (PTS_FOR_COINS | {"give": "50"}, COINS_FOR_PTS))
    li = ledger.by("ops:li")
    with li.works.begin() as first:
        approve_rule_change(first, {"change_id": there})
        with pytest.raises(sa.exc.OperationalError, match="lock timeout"), li.works.begin() as second:
            second.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
            approve_rule_change(second, {"change_id": back})

    with pytest.raises(Refused, match=contract.RULE_CONTRADICTED):
        approve(ledger, back)


def test_notices_keep_an_hour(ledger: Ledger):
    with pytest.raises(Refused, match=contract.RULE_CONTRADICTED):
        change(ledger, "ledger_setting", name="expiry_notice_from_hour", value="21")
    change(ledger, "ledger_setting", name="expiry_notice_from_hour", value="20")
    with pytest.raises(Refused, match=contract.RULE_CONTRADICTED):
        change(ledger, "ledger_setting", name="expiry_notice_until_hour", value="20")

    assert said(ledger, "ledger_setting", TOMORROW, name="expiry_notice_until_hour")["value"] == 21


def test_who_changes_what_bills_earn_is_told_what_has_to_follow(ledger: Ledger):
    follow = f"rule set point_consideration unit=PTS source=bill basis=sale fen=66.666667 --from {TOMORROW}"

    accrual = change(ledger, "bill_accrual_rule", points_per_yuan="1.5")
    wrong = change(ledger, "point_consideration", **PAID, fen="66")
    right = change(ledger, "point_consideration", **PAID, fen="66.666667")
    other = change(ledger, "bill_accrual_rule", largest_points_per_line="5000")

    for answer in (accrual, wrong):
        (told,) = answer["told"]
        assert (told["what"], told["since"], told["says"]) == (
            "what_bills_pay_for_points_follows_their_rule", TOMORROW.isoformat(), follow,
        )  # fmt: skip
    assert (right["told"], other["told"]) == ([], [])


def test_where_bills_earn_nothing_nothing_has_to_follow(ledger: Ledger):
    assert change(ledger, "bill_accrual_rule", points_per_yuan="0")["told"] == []


@pytest.mark.parametrize(
    ("breach", "name"),
    [
        ("INSERT INTO bill_accrual_rule (points_per_yuan, effective_from, actor) VALUES (3, '2026-01-01', 'migration')",
         "what_bills_pay_for_points_follows_their_rule"),
        ("INSERT INTO point_consideration (unit, source, basis, fen, effective_from, actor)"
         " VALUES ('PTS', 'bill', 'given', NULL, '2026-01-01', 'migration')",
         "what_bills_pay_for_points_follows_their_rule"),
        ("INSERT INTO ledger_setting (name, value, effective_from, actor)"
         " VALUES ('expiry_notice_until_hour', 9, '2026-01-01', 'migration')", "notices_have_hours"),
        ("INSERT INTO exchange_rate (from_unit, to_unit, give, get, expiry, open, effective_from, actor)"
         " VALUES ('COIN', 'PTS', 1, 101, 'keep', true, '2026-01-01', 'migration')",
         "no_exchange_there_and_back_gains"),
        ("INSERT INTO expiry_policy (source, pool, rule, amount, effective_from, actor)"
         " VALUES ('bill', 9, 'never', 0, '2026-01-01', 'migration')", "expiry_policies_are_of_known_pools"),
    ],
)  # fmt: skip
def test_what_was_set_in_sql_is_found_by_the_audit(engine: sa.Engine, breach: str, name: str):
    ledger = Ledger(engine)
    before = ledger.breaches()
    ledger.execute(breach)

    assert (before, [one["name"] for one in ledger.breaches()]) == ([], [name])


@pytest.mark.parametrize("rate", ["0", "0.0001", "0.3", "1.5", "7", "99999.9999"])
def test_what_is_told_to_follow_is_what_the_audit_asks_for(ledger: Ledger, rate: str):
    """The breach is there until it has followed; the day is that of the database's clock."""
    ledger.clock.instant = ledger.fetch("SELECT now()")[0][0]

    accrual = change(ledger, "bill_accrual_rule", local_date(ledger.clock.now()), points_per_yuan=rate)

    names = [one["name"] for one in ledger.breaches()]
    assert names == [told["what"] for told in accrual["told"]]
    for told in accrual["told"]:
        typed = dict(word.split("=") for word in told["says"].split() if "=" in word)
        assert change(ledger, "point_consideration", date.fromisoformat(told["since"]), **typed)["told"] == []
