"""Ops change any rule from a day on: what they did not type stays, what was decided for days gone stays too."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
import sqlalchemy as sa

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.points import contract
from services.points.domain.rules import RULES
from services.points.storage.rule_rows import rows_to_come
from services.points.usecases.approve_rule_change import approve_rule_change
from services.points.usecases.request_rule_change import draft_rule_change, told
from services.points.usecases.settled_bookings import settled_mark
from tests.integration.points.rule_story import (
    LATER,
    LIMITS,
    PAID,
    PTS_FOR_COINS,
    TODAY,
    TOMORROW,
    ask_for,
    change,
    count,
    said,
    typed,
)  # fmt: skip
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")
ANY_LIFE = {
    "source": "*", "unit": "", "pool": "", "rule": "fixed_months", "amount": "12", "rounding": "month",
}  # fmt: skip


def test_a_row_takes_over_on_its_day_and_keeps_what_was_not_typed(ledger: Ledger):
    answer = change(ledger, "gift_limit", largest="900", gifts_a_day="3")

    assert said(ledger, "gift_limit", TODAY) == LIMITS
    assert said(ledger, "gift_limit", TOMORROW) == LIMITS | {"largest": 900, "gifts_a_day": 3}
    assert answer["says"] == typed(LIMITS | {"largest": 900, "gifts_a_day": 3})
    assert (answer["requested_by"], answer["approved_by"], answer["until"], answer["told"]) == (
        "ops:wang", "ops:li", None, [],
    )  # fmt: skip
    assert (answer["replaces"]["says"]["largest"], answer["replaces"]["actor"]) == ("5000", "migration")
    assert ledger.fetch("SELECT effective_from, actor, change_id FROM gift_limit ORDER BY id DESC LIMIT 1") == [
        (TOMORROW, "ops:li", answer["change_id"])
    ]


def test_what_is_not_typed_is_what_is_in_force_on_that_day_and_not_today(ledger: Ledger):
    change(ledger, "gift_limit", TOMORROW, largest="900")

    change(ledger, "gift_limit", LATER, smallest="20")

    assert said(ledger, "gift_limit", LATER) == LIMITS | {"largest": 900, "smallest": 20}


def test_who_comes_before_a_row_to_come_is_told_until_when(ledger: Ledger):
    change(ledger, "gift_limit", LATER, largest="900")

    answer = change(ledger, "gift_limit", TOMORROW, largest="700")

    assert answer["until"] == LATER.isoformat()
    assert [said(ledger, "gift_limit", day)["largest"] for day in (TODAY, TOMORROW, LATER)] == [5_000, 700, 900]


def test_of_one_day_the_row_that_was_set_last_counts(ledger: Ledger):
    change(ledger, "sign_up_bonus", points="60")
    answer = change(ledger, "sign_up_bonus", points="70")

    assert said(ledger, "sign_up_bonus", TOMORROW) == {"points": 70}
    assert answer["replaces"]["says"] == {"points": "60"}


def test_what_is_said_already_is_not_asked_for_again(ledger: Ledger):
    change(ledger, "bill_accrual_rule", excluded_kinds="agency,donated", largest_points_per_member="")

    with pytest.raises(Refused) as caught:
        ask_for(ledger, "bill_accrual_rule", excluded_kinds="donated,agency", largest_points_per_member="")

    assert (caught.value.code, caught.value.details) == (contract.RULE_UNCHANGED, {"since": TOMORROW.isoformat()})
    assert count(ledger, "rule_change") == 1


def test_a_draft_says_the_same_and_asks_for_nothing(ledger: Ledger):
    says = PTS_FOR_COINS | {"give": "200"}

    with ledger.works.begin() as work:
        draft = told(draft_rule_change(work, "exchange_rate", says, TOMORROW))
    between = count(ledger, "rule_change")
    answer = change(ledger, "exchange_rate", **says)

    assert between == 0
    assert draft == {name: answer[name] for name in draft}
    assert answer["says"] == PTS_FOR_COINS | {"give": "200", "get": "1", "expiry": "keep", "open": "true"}


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

    assert answer["replaces"] is None
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
        *(("expiry_policy", ANY_LIFE | life, contract.RULE_INVALID, {}) for life in (
            {"amount": "0"}, {"rounding": ""}, {"rule": "never", "rounding": ""}, {"rule": "never", "amount": "0"},
            {"rule": "rolling_years", "amount": "0", "rounding": ""}, {"rule": "end_of_year", "rounding": "month"},
            {"rule": "end_of_year", "amount": "101", "rounding": ""},
        )),
        *(("expiry_policy", ANY_LIFE | life, contract.RULE_FIELD_INVALID, None) for life in (
            {"rule": "by_moon"}, {"amount": "1201"}, {"rounding": "week"}, {"source": "bil"}, {"unit": "CNY"},
        )),
        ("expiry_policy", {"source": "bill", "rule": "never"}, contract.RULE_FIELD_MISSING, {"missing": "unit pool"}),
        ("expiry_policy", ANY_LIFE | {"pool": "77"}, contract.RULE_CONTRADICTED,
         {"what": "expiry_policies_are_of_known_pools", "since": TOMORROW.isoformat()}),
        *(("expiry_notice", {"days_before": days, "given": "true"}, contract.RULE_FIELD_INVALID, None)
          for days in ("0", "-1", "366")),
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
        change(ledger, "sign_up_bonus", TODAY, points="60")
    change(ledger, "sign_up_bonus", TOMORROW, points="60")

    assert (caught.value.code, caught.value.details) == (contract.RULE_BACKDATED, {"earliest": TOMORROW.isoformat()})
    assert said(ledger, "sign_up_bonus", TOMORROW) == {"points": 60}


def test_a_month_is_not_closed_under_a_rule_that_is_being_written(ledger: Ledger):
    """Who closes waits for it, or does not close: worked out again, it would see a row that it had not seen."""
    change_id = ask_for(ledger, "point_value", TODAY, unit="PTS", fen="2")
    with ledger.by("ops:li").works.begin() as work:
        approve_rule_change(work, {"change_id": change_id})
        during = settled_mark(ledger.works, lambda other: other.now, patience_s=0)
    after = settled_mark(ledger.works, lambda other: other.now, patience_s=0)

    assert (during, after is None) == (None, False)


def test_a_row_says_when_it_was_written_and_not_when_its_transaction_began(ledger: Ledger):
    change_id = ask_for(ledger, "ledger_setting", TODAY, name="breakage_history_months", value="36")
    with ledger.by("ops:li").works.begin() as work:
        began = work.execute(sa.text("SELECT now()")).scalar_one()
        approve_rule_change(work, {"change_id": change_id})
        written = work.execute(sa.text("SELECT max(created_at) FROM ledger_setting")).scalar_one()

    assert written > began


def test_rows_to_come_are_shown_in_their_order(ledger: Ledger):
    change(ledger, "sign_up_bonus", LATER, points="80")
    change(ledger, "sign_up_bonus", TOMORROW, points="60")

    with ledger.works.begin() as work:
        coming = rows_to_come(work, RULES["sign_up_bonus"], TODAY)

    assert [(row["points"], row["effective_from"]) for row in coming] == [(60, TOMORROW), (80, LATER)]
