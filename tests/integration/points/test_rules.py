"""Ops change any rule from a day on: what they did not type stays, what was decided for days gone stays too."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial

import pytest
import sqlalchemy as sa

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.points import contract
from services.points.domain.rules import RULES
from services.points.storage.rule_rows import rows_to_come
from services.points.usecases.set_rule import set_rule
from services.points.usecases.settled_bookings import settled_mark
from tests.integration.points.rule_story import LATER, LIMITS, PAID, PTS_FOR_COINS, TODAY, TOMORROW, change, count, said
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")


def test_a_row_takes_over_on_its_day_and_keeps_what_was_not_typed(ledger: Ledger):
    answer = change(ledger.by("ops:wang"), "gift_limit", largest="900", gifts_a_day="3")

    assert said(ledger, "gift_limit", TODAY) == LIMITS
    assert said(ledger, "gift_limit", TOMORROW) == answer["row"] == LIMITS | {"largest": 900, "gifts_a_day": 3}
    assert (answer["actor"], answer["written"], answer["until"], answer["told"]) == ("ops:wang", True, None, [])
    assert (answer["replaces"]["largest"], answer["replaces"]["actor"]) == (5_000, "migration")
    assert ledger.fetch("SELECT effective_from, actor FROM gift_limit ORDER BY id DESC LIMIT 1") == [
        (TOMORROW, "ops:wang")
    ]


def test_what_is_not_typed_is_what_is_in_force_on_that_day_and_not_today(ledger: Ledger):
    change(ledger, "gift_limit", TOMORROW, largest="900")

    change(ledger, "gift_limit", LATER, smallest="20")

    assert said(ledger, "gift_limit", LATER) == LIMITS | {"largest": 900, "smallest": 20}


def test_who_comes_before_a_row_to_come_is_told_until_when(ledger: Ledger):
    change(ledger, "gift_limit", LATER, largest="900")

    answer = change(ledger, "gift_limit", TOMORROW, largest="700")

    assert answer["until"] == LATER
    assert [said(ledger, "gift_limit", day)["largest"] for day in (TODAY, TOMORROW, LATER)] == [5_000, 700, 900]


def test_of_one_day_the_row_that_was_set_last_counts(ledger: Ledger):
    change(ledger, "sign_up_bonus", points="60")
    answer = change(ledger, "sign_up_bonus", points="70")

    assert said(ledger, "sign_up_bonus", TOMORROW) == {"points": 70}
    assert answer["replaces"]["points"] == 60


def test_set_twice_stands_there_once(ledger: Ledger):
    first = change(ledger, "bill_accrual_rule", excluded_kinds="agency,donated", largest_points_per_member="")
    rows = count(ledger, "bill_accrual_rule")

    again = change(ledger, "bill_accrual_rule", excluded_kinds="donated,agency", largest_points_per_member="")

    assert (first["written"], again["written"], again["row"]) == (True, False, first["row"])
    assert count(ledger, "bill_accrual_rule") == rows


def test_a_dry_run_says_the_same_and_writes_nothing(ledger: Ledger):
    rows = count(ledger, "exchange_rate")
    typed = {"from_unit": "PTS", "to_unit": "COIN", "give": "200"}

    dry = change(ledger, "exchange_rate", dry_run=True, **typed)
    between = count(ledger, "exchange_rate")
    wet = change(ledger, "exchange_rate", **typed)

    assert (dry["written"], wet["written"], between) == (False, True, rows)
    assert dry | {"written": True} == wet
    assert wet["row"] == {
        "from_unit": "PTS", "to_unit": "COIN", "give": 200, "get": 1, "expiry": "keep", "open": True,
    }  # fmt: skip


def test_rows_of_other_scopes_are_no_rivals(ledger: Ledger):
    change(ledger, "ledger_setting", name="refund_grace_days", value="60")
    change(ledger, "point_value", unit="COIN", fen="99.5")

    assert said(ledger, "ledger_setting", TOMORROW, name="refund_grace_days")["value"] == 60
    assert said(ledger, "ledger_setting", TOMORROW, name="release_grace_days")["value"] == 0
    assert said(ledger, "point_value", TOMORROW, unit="COIN")["fen"] == Decimal("99.5")
    assert said(ledger, "point_value", TOMORROW, unit="PTS")["fen"] == 1


def test_a_scope_that_has_no_row_yet_takes_a_whole_one(ledger: Ledger):
    whole = {"no": "5", "name": "bank", "giftable": "false", "exchangeable": "true"}

    answer = change(ledger, "pool", **whole)

    assert (answer["replaces"], answer["written"]) == (None, True)
    assert said(ledger, "pool", TODAY, no=5) is None
    assert said(ledger, "pool", TOMORROW, no=5) == {"no": 5, "name": "bank", "giftable": False, "exchangeable": True}


@pytest.mark.parametrize(
    ("rule", "fields", "code", "details"),
    [
        ("gift_limits", {"largest": "1"}, contract.RULE_UNKNOWN, {"known": " ".join(RULES)}),
        ("gift_limit", {"biggest": "1"}, contract.RULE_FIELD_UNKNOWN, {"known": " ".join(LIMITS)}),
        ("gift_limit", {"actor": "me"}, contract.RULE_FIELD_UNKNOWN, {"known": " ".join(LIMITS)}),
        ("gift_limit", {"largest": "many"}, contract.RULE_FIELD_INVALID,
         {"field": "largest", "expected": "a whole number from 1 to 1000000000"}),
        ("gift_limit", {"largest": "9"}, contract.RULE_INVALID, {}),
        ("bill_accrual_rule", {"points_per_yuan": "1.00001"}, contract.RULE_FIELD_INVALID,
         {"field": "points_per_yuan", "expected": "a number from 0 to 99999.9999, with up to 4 decimals"}),
        ("exchange_rate", {"give": "1"}, contract.RULE_FIELD_MISSING, {"missing": "from_unit to_unit"}),
        ("exchange_rate", {"from_unit": "CNY", "to_unit": "PTS", "expiry": "keep"}, contract.RULE_INVALID, {}),
        ("exchange_rate", PTS_FOR_COINS | {"to_unit": "PTS"}, contract.RULE_FIELD_MISSING,
         {"missing": "give get expiry open"}),
        ("pool", {"no": "9", "name": "bank"}, contract.RULE_FIELD_MISSING, {"missing": "giftable exchangeable"}),
        ("ledger_setting", {"name": "verify_weeks", "value": "1"}, contract.RULE_FIELD_INVALID, None),
        ("ledger_setting", {"name": "verify_days", "value": "0"}, contract.RULE_INVALID, {}),
        ("point_consideration", PAID | {"basis": "given"}, contract.RULE_INVALID, {}),
        ("breakage_assumption", {"unit": "PTS", "source": "bill", "share": "1.1"}, contract.RULE_FIELD_INVALID, None),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_words(
    ledger: Ledger, rule: str, fields: Mapping[str, str], code: str, details: dict | None
):
    with pytest.raises(Refused) as caught:
        change(ledger, rule, **fields)

    assert caught.value.code == code
    assert details is None or caught.value.details == details


def test_today_is_by_the_calendar_of_china_and_the_past_is_over(ledger: Ledger):
    ledger.clock.advance(hours=13)  # 17:00 UTC: the 21st has begun in China
    with pytest.raises(Refused) as caught:
        change(ledger, "sign_up_bonus", since=TODAY, points="60")
    change(ledger, "sign_up_bonus", since=TOMORROW, points="60")

    assert (caught.value.code, caught.value.details) == (contract.RULE_BACKDATED, {"earliest": TOMORROW.isoformat()})
    assert said(ledger, "sign_up_bonus", TOMORROW) == {"points": 60}


def test_two_who_change_a_rule_at_once_undo_nothing_of_each_other(ledger: Ledger):
    done = race(*(partial(change, ledger, "gift_limit", **{name: "100"}) for name in LIMITS))

    assert [answer["written"] for answer in done] == [True] * len(LIMITS)
    assert said(ledger, "gift_limit", TOMORROW) == dict.fromkeys(LIMITS, 100)


def test_a_month_is_not_closed_under_a_rule_that_is_being_written(ledger: Ledger):
    """Who closes waits for it, or does not close: worked out again, it would see a row that it had not seen."""
    request = {"rule": "point_value", "fields": {"unit": "PTS", "fen": "2"}, "effective_from": TODAY, "dry_run": False}
    with ledger.works.begin() as work:
        set_rule(work, request)
        during = settled_mark(ledger.works, lambda other: other.now, patience_s=0)
    after = settled_mark(ledger.works, lambda other: other.now, patience_s=0)

    assert (during, after is None) == (None, False)


def test_a_row_says_when_it_was_written_and_not_when_its_transaction_began(ledger: Ledger):
    with ledger.works.begin() as work:
        began = work.execute(sa.text("SELECT now()")).scalar_one()
        fields = {"name": "breakage_history_months", "value": "36"}
        set_rule(work, {"rule": "ledger_setting", "fields": fields, "effective_from": TODAY, "dry_run": False})
        written = work.execute(sa.text("SELECT max(created_at) FROM ledger_setting")).scalar_one()

    assert written > began


def test_rows_to_come_are_shown_in_their_order(ledger: Ledger):
    change(ledger, "sign_up_bonus", LATER, points="80")
    change(ledger, "sign_up_bonus", TOMORROW, points="60")

    with ledger.works.begin() as work:
        coming = rows_to_come(work, RULES["sign_up_bonus"], TODAY)

    assert [(row["points"], row["effective_from"]) for row in coming] == [(60, TOMORROW), (80, LATER)]
