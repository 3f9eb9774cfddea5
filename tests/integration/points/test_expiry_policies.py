"""How long points live is decided by rows: by source, unit and pool, from a day on, by somebody."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, owner_of
from services.points import contract
from services.points.domain.expiry import ExpiryPolicy
from services.points.storage import rules
from services.points.usecases.set_expiry_notice import set_expiry_notice
from services.points.usecases.set_expiry_policy import preview_expiry, set_expiry_policy
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")
TODAY = date(2026, 11, 20)
ANY = {"source": "*", "unit": None, "pool": None}


def set_policy(ledger: Ledger, rule: str = "fixed_months", amount: int = 12, rounding: str | None = "month", **scope):
    starting = {"effective_from": scope.pop("effective_from", TODAY)}
    policy = {"rule": rule, "amount": amount, "rounding": rounding}
    return ledger.works.run(set_expiry_policy, ANY | policy | starting | scope)


def policy_of(ledger: Ledger, source: str, day: date = TODAY, pool: int = 0, unit: str = "PTS") -> ExpiryPolicy:
    with ledger.works.begin() as work:
        return rules.expiry_policy(work, source, pool, day, unit)


def test_the_narrowest_scope_counts_and_within_it_the_newest(ledger: Ledger):
    ledger.execute("INSERT INTO pool (no, name, giftable, exchangeable, effective_from, actor)"
                   " VALUES (5, 'bank', false, false, '2000-01-01', 'test')")  # fmt: skip
    set_policy(ledger, amount=1, unit="PTS")
    set_policy(ledger, amount=2, source="campaign", unit="PTS")
    set_policy(ledger, amount=3, source="campaign", unit="PTS", pool=5)
    set_policy(ledger, amount=4, source="campaign", unit="PTS", pool=5)
    set_policy(ledger, amount=5, source="campaign", unit="COIN")

    assert policy_of(ledger, "review").amount == 1
    assert policy_of(ledger, "campaign").amount == 2
    assert policy_of(ledger, "campaign", pool=5).amount == 4
    assert policy_of(ledger, "campaign", unit="COIN").amount == 5
    assert policy_of(ledger, "review", unit="COIN") == ExpiryPolicy("never")


def test_a_policy_takes_over_on_its_day_and_what_was_earned_keeps_its_own(ledger: Ledger):
    member_id = ledger.member()
    set_policy(ledger, source="review", unit="PTS", rounding="none", amount=1, effective_from=TODAY + timedelta(days=1))

    before = ledger.accrue(member_id, 10, source="review")
    ledger.clock.advance(days=1)
    after = ledger.accrue(member_id, 10, source="review")

    assert (before["expires_on"], after["expires_on"]) == ("2028-12-31", "2026-12-21")
    assert [one["expires_on"] for one in ledger.balance(member_id)["expiring"]] == ["2026-12-21", "2028-12-31"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rule": "by_moon"}, contract.EXPIRY_POLICY_INVALID),
        ({"amount": 0}, contract.EXPIRY_POLICY_INVALID),
        ({"amount": 1201}, contract.EXPIRY_POLICY_INVALID),
        ({"rounding": None}, contract.EXPIRY_POLICY_INVALID),
        ({"rounding": "week"}, contract.EXPIRY_POLICY_INVALID),
        ({"rule": "never", "amount": 1, "rounding": None}, contract.EXPIRY_POLICY_INVALID),
        ({"rule": "rolling_years", "amount": 0, "rounding": None}, contract.EXPIRY_POLICY_INVALID),
        ({"rule": "end_of_year", "amount": 101, "rounding": None}, contract.EXPIRY_POLICY_INVALID),
        ({"rule": "end_of_year", "amount": 1, "rounding": "month"}, contract.EXPIRY_POLICY_INVALID),
        ({"source": "bil"}, contract.EXPIRY_POLICY_INVALID),
        ({"unit": "CNY"}, contract.EXPIRY_POLICY_INVALID),
        ({"pool": 77}, contract.EXPIRY_POLICY_INVALID),
        ({"effective_from": TODAY - timedelta(days=1)}, contract.EXPIRY_BACKDATED),
    ],
)
def test_a_policy_that_cannot_be_is_refused(ledger: Ledger, change: dict, code: str):
    rows = ledger.fetch("SELECT count(*) FROM expiry_policy")

    with pytest.raises(Refused, match=code):
        set_policy(ledger, **change)

    assert ledger.fetch("SELECT count(*) FROM expiry_policy") == rows


@pytest.mark.parametrize(
    ("source", "rule", "amount", "rounding", "pool"),
    [
        ("*", "fixed_months", 12, None, None),
        ("*", "fixed_months", 12, "week", None),
        ("*", "fixed_months", 0, "month", None),
        ("*", "end_of_year", 1, "month", None),
        ("*", "rolling_years", 101, None, None),
        ("*", "never", 1, None, None),
        ("*", "by_moon", 1, None, None),
        ("Bill!", "never", 0, None, None),
        ("*", "never", 0, None, -1),
    ],
)
def test_the_database_refuses_the_same(ledger: Ledger, source, rule, amount, rounding, pool):
    with pytest.raises(sa.exc.IntegrityError, match="expiry_policy"):
        ledger.execute(
            "INSERT INTO expiry_policy (source, rule, amount, rounding, pool, effective_from, actor)"
            " VALUES (:source, :rule, :amount, :rounding, :pool, '2026-01-01', 'test')",
            source=source, rule=rule, amount=amount, rounding=rounding, pool=pool,
        )  # fmt: skip


@pytest.mark.parametrize("table", ["expiry_policy", "expiry_notice", "pool"])
@pytest.mark.parametrize("change", ["UPDATE {} SET actor = 'me'", "DELETE FROM {}"])
def test_not_even_the_owner_changes_a_rule_that_was_made(ledger: Ledger, table: str, change: str):
    with owner_of(ledger.engine).begin() as owner, pytest.raises(sa.exc.DBAPIError, match="append only"):
        owner.execute(sa.text(change.format(table)))


@pytest.mark.parametrize("days_before", [0, -1, 366])
def test_a_notice_that_cannot_be_is_refused(ledger: Ledger, days_before: int):
    with pytest.raises(Refused, match=contract.EXPIRY_POLICY_INVALID):
        ledger.works.run(set_expiry_notice, {"days_before": days_before, "given": True, "effective_from": TODAY})


def test_the_preview_says_until_when_and_how_many_buckets_it_makes(ledger: Ledger):
    draft = ExpiryPolicy("fixed_months", 12, "quarter")
    with ledger.works.begin() as work:
        now = preview_expiry(work, ANY | {"source": "bill"}, TODAY, None)
        then = preview_expiry(work, ANY, TODAY, draft)
        coins = preview_expiry(work, ANY | {"unit": "COIN"}, TODAY, None)

    assert (now["rule"], now["expires_on"], now["most_buckets"]) == ("rolling_years", date(2028, 12, 31), 3)
    assert (then["expires_on"], then["days"], then["most_buckets"]) == (date(2027, 12, 31), 406, 5)
    assert (coins["rule"], coins["expires_on"], coins["days"]) == ("never", None, None)
