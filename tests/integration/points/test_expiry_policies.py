"""How long points live is decided by rows: by source, unit and pool, from a day on, by somebody."""

from datetime import date

import pytest
import sqlalchemy as sa

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, owner_of
from services.points import contract
from services.points.domain.expiry import ExpiryPolicy
from services.points.storage import rules
from services.points.usecases.preview_expiry import preview_expiry
from tests.integration.points.rule_story import LATER, TODAY, TOMORROW, change
from tests.integration.points.story import Ledger

engine = database_of("points", each="function")
ANY = {"source": "*", "unit": "", "pool": ""}


def set_policy(ledger: Ledger, amount: int, since: date = TODAY, rounding: str = "month", **scope: str) -> None:
    life = {"rule": "fixed_months", "amount": str(amount), "rounding": rounding}
    change(ledger, "expiry_policy", since, **ANY | life | scope)


def policy_of(ledger: Ledger, source: str, day: date = TODAY, pool: int = 0, unit: str = "PTS") -> ExpiryPolicy:
    with ledger.works.begin() as work:
        return rules.expiry_policy(work, source, pool, day, unit)


def test_the_narrowest_scope_counts_and_within_it_the_newest(ledger: Ledger):
    ledger.execute("INSERT INTO pool (no, name, giftable, exchangeable, effective_from, actor)"
                   " VALUES (5, 'bank', false, false, '2000-01-01', 'migration')")  # fmt: skip
    set_policy(ledger, amount=1, unit="PTS")
    set_policy(ledger, amount=2, source="campaign", unit="PTS")
    set_policy(ledger, amount=3, source="campaign", unit="PTS", pool="5")
    set_policy(ledger, amount=4, source="campaign", unit="PTS", pool="5")
    set_policy(ledger, amount=5, source="campaign", unit="COIN")

    assert policy_of(ledger, "review").amount == 1
    assert policy_of(ledger, "campaign").amount == 2
    assert policy_of(ledger, "campaign", pool=5).amount == 4
    assert policy_of(ledger, "campaign", unit="COIN").amount == 5
    assert policy_of(ledger, "review", unit="COIN") == ExpiryPolicy("never")


def test_a_policy_takes_over_on_its_day_and_what_was_earned_keeps_its_own(ledger: Ledger):
    member_id = ledger.member()
    set_policy(ledger, 1, TOMORROW, rounding="none", source="review", unit="PTS")

    before = ledger.accrue(member_id, 10, source="review")
    ledger.clock.advance(days=1)
    after = ledger.accrue(member_id, 10, source="review")

    assert (before["expires_on"], after["expires_on"]) == ("2028-12-31", "2026-12-21")
    assert [one["expires_on"] for one in ledger.balance(member_id)["expiring"]] == ["2026-12-21", "2028-12-31"]


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
            " VALUES (:source, :rule, :amount, :rounding, :pool, '2026-01-01', 'migration')",
            source=source, rule=rule, amount=amount, rounding=rounding, pool=pool,
        )  # fmt: skip


@pytest.mark.parametrize("table", ["expiry_policy", "expiry_notice", "pool"])
@pytest.mark.parametrize("change", ["UPDATE {} SET actor = 'me'", "DELETE FROM {}"])
def test_not_even_the_owner_changes_a_rule_that_was_made(ledger: Ledger, table: str, change: str):
    with owner_of(ledger.engine).begin() as owner, pytest.raises(sa.exc.DBAPIError, match="append only"):
        owner.execute(sa.text(change.format(table)))


def test_the_preview_says_until_when_and_how_many_buckets_it_makes(ledger: Ledger):
    draft = ExpiryPolicy("fixed_months", 12, "quarter")
    with ledger.works.begin() as work:
        now = preview_expiry(work, ANY | {"source": "bill"}, TODAY, None)
        then = preview_expiry(work, ANY, TODAY, draft)
        coins = preview_expiry(work, ANY | {"unit": "COIN"}, TODAY, None)

    assert (now["rule"], now["expires_on"], now["most_buckets"]) == ("rolling_years", date(2028, 12, 31), 3)
    assert (then["expires_on"], then["days"], then["most_buckets"]) == (date(2027, 12, 31), 406, 5)
    assert (coins["rule"], coins["expires_on"], coins["days"]) == ("never", None, None)


@pytest.mark.parametrize(
    ("scope", "code"),
    [({"source": "bil"}, contract.RULE_FIELD_INVALID), ({"unit": "CNY"}, contract.RULE_FIELD_INVALID),
     ({"pool": "77"}, contract.POOL_UNKNOWN)],
)  # fmt: skip
def test_there_is_nothing_to_preview_of_what_cannot_be(ledger: Ledger, scope: dict, code: str):
    with ledger.works.begin() as work, pytest.raises(Refused, match=code):
        preview_expiry(work, ANY | scope, TODAY, None)


def test_a_policy_of_a_pool_to_come_comes_with_it_or_later(ledger: Ledger):
    change(ledger, "pool", LATER, no="5", name="bank", giftable="false", exchangeable="false")

    with pytest.raises(Refused, match=contract.RULE_CONTRADICTED):
        set_policy(ledger, 3, TOMORROW, pool="5")
    set_policy(ledger, 3, LATER, pool="5")

    assert policy_of(ledger, "review", LATER, pool=5).amount == 3
