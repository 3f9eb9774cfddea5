"""What ops have set takes effect on its day and not before, wherever the ledger goes by it."""

from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from services.chassis.ids import new_id
from services.chassis.testkit import database_of
from services.points import contract
from services.points.domain.bill_file import Header
from services.points.domain.liability.recognition import MILLION
from services.points.storage.liability_terms import configuration
from services.points.usecases.import_bill_run import import_bill_run
from services.points.usecases.open_bill_run import open_bill_run
from services.points.usecases.quote_exchange import quote_exchange
from tests.integration.points.bill_files import bill_file
from tests.integration.points.rule_story import PAID, PTS_FOR_COINS, TODAY, TOMORROW, change
from tests.integration.points.story import Ledger, card
from tests.integration.points.test_commands import refusal_of

engine = database_of("points", each="function")
DECEMBER = date(2026, 12, 1)


def at(ledger: Ledger, day: date) -> None:
    """Noon of a day in China."""
    ledger.clock.instant = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


class Subscriber:
    """One who pays 10 yuan, in a run of a period."""

    def __init__(self, ledger: Ledger, folder: Path) -> None:
        self.ledger, self.folder, self.number, self.member_id = ledger, folder, new_id("sub"), new_id("mbr")
        ledger.enrol(card(self.member_id, subscriber_no=self.number))

    def pays(self, period: str, run_id: str | None = None) -> int:
        """The points that it makes."""
        before = self.ledger.available(self.member_id)
        line = f"{new_id('line')},{self.number},{period}-01,10"
        path = bill_file(self.folder, run_id or new_id("run"), [line], period=period)
        assert import_bill_run(self.ledger.works, path)["state"] == "posted"
        return self.ledger.available(self.member_id) - before


@pytest.fixture
def subscriber(ledger: Ledger, tmp_path: Path) -> Subscriber:
    return Subscriber(ledger, tmp_path)


def set_rate_of_bills(ledger: Ledger, since: date, points_per_yuan: str, fen: str) -> None:
    """What bills pay for points follows at once."""
    change(ledger, "bill_accrual_rule", since, points_per_yuan=points_per_yuan)
    change(ledger, "point_consideration", since, **PAID, fen=fen)


def test_bills_earn_by_the_rule_of_the_last_day_of_their_period(ledger: Ledger, subscriber: Subscriber):
    set_rate_of_bills(ledger, DECEMBER, "3", "33.333333")

    before = subscriber.pays("2026-11")
    at(ledger, date(2026, 12, 5))
    belated, after = subscriber.pays("2026-11"), subscriber.pays("2026-12")

    assert (before, belated, after) == (10, 10, 30)


def test_a_bill_run_that_is_under_way_keeps_its_rule_when_one_is_set_for_today(ledger: Ledger, subscriber: Subscriber):
    run_id = new_id("run")
    with ledger.works.begin() as work:
        open_bill_run(work, Header(run_id, "2026-11"), "bills.csv")
    set_rate_of_bills(ledger, TODAY, "2", "50")

    under_way, next_one = subscriber.pays("2026-11", run_id), subscriber.pays("2026-11")

    assert (under_way, next_one) == (10, 20)


def test_joining_earns_another_bonus_from_its_day_on(ledger: Ledger):
    change(ledger, "sign_up_bonus", TOMORROW, points="80")

    def joins() -> int:
        member_id = new_id("mbr")
        ledger.enrol(card(member_id, channel="web"))
        return ledger.available(member_id)

    before = joins()
    at(ledger, TOMORROW)

    assert (before, joins()) == (50, 80)


def test_a_coin_costs_another_price_from_its_day_on(ledger: Ledger):
    member_id = ledger.member(1_000)
    change(ledger, "exchange_rate", TOMORROW, **PTS_FOR_COINS, give="120")
    quote = partial(
        ledger.ask, contract.QUOTE_EXCHANGE, quote_exchange, {"from_unit": "PTS", "to_unit": "COIN", "get": 2}
    )

    ledger.exchange(member_id, 2, expected_give=200)
    before = quote()["give"]
    at(ledger, TOMORROW)
    refused = refusal_of(lambda: ledger.exchange(member_id, 2, expected_give=200))
    ledger.exchange(member_id, 2, expected_give=240)

    assert (before, quote()["give"], refused) == (200, 240, contract.RATE_CHANGED)
    assert ledger.available(member_id) == 1_000 - 200 - 240


def test_a_way_is_closed_from_its_day_on(ledger: Ledger):
    member_id = ledger.member(1_000)
    change(ledger, "exchange_rate", TOMORROW, **PTS_FOR_COINS, open="false")

    ledger.exchange(member_id, 1, expected_give=100)
    at(ledger, TOMORROW)

    assert refusal_of(lambda: ledger.exchange(member_id, 1, expected_give=100)) == contract.EXCHANGE_CLOSED


def test_gifts_have_other_limits_from_their_day_on(ledger: Ledger):
    giver, receiver = ledger.member(1_000), ledger.member()
    change(ledger, "gift_limit", TOMORROW, largest="100")

    ledger.gift(giver, receiver, 101)
    at(ledger, TOMORROW)
    refused = refusal_of(lambda: ledger.gift(giver, receiver, 101))
    ledger.gift(giver, receiver, 100)

    assert (refused, ledger.available(receiver)) == (contract.GIFT_OUTSIDE_LIMITS, 201)


def test_a_limit_set_for_today_counts_what_was_given_today(ledger: Ledger):
    giver, receiver = ledger.member(1_000), ledger.member()
    ledger.gift(giver, receiver, 150)
    change(ledger, "gift_limit", TODAY, points_a_day="200")

    assert refusal_of(lambda: ledger.gift(giver, receiver, 51)) == contract.GIFT_OUTSIDE_LIMITS
    ledger.gift(giver, receiver, 50)


def test_a_pool_opens_and_is_giftable_from_its_day_on(ledger: Ledger):
    giver, receiver = ledger.member(), ledger.member()
    change(ledger, "pool", TODAY, no="5", name="bank", giftable="false", exchangeable="false")
    change(ledger, "pool", TOMORROW, no="5", giftable="true")

    ledger.accrue(giver, 100, pool=5)
    refused = refusal_of(lambda: ledger.gift(giver, receiver, 60))
    at(ledger, TOMORROW)
    ledger.gift(giver, receiver, 60)

    assert (refused, ledger.available(receiver)) == (contract.INSUFFICIENT, 60)


def test_refunded_points_have_another_grace_from_its_day_on(ledger: Ledger):
    """What comes back when its own day is over."""
    change(ledger, "ledger_setting", date(2029, 1, 2), name="refund_grace_days", value="5")
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.hold(member_id, 100, order_id)
    ledger.capture(order_id)

    at(ledger, date(2029, 1, 1))
    before = ledger.refund(order_id, 40)
    at(ledger, date(2029, 1, 2))
    after = ledger.refund(order_id, 60)

    days = {one["expires_on"]: one["points"] for one in ledger.balance(member_id)["expiring"]}
    assert (before["points"], after["points"], days) == (40, 60, {"2029-01-31": 40, "2029-01-07": 60})


def test_what_points_are_in_money_changes_with_the_month_of_their_issue(ledger: Ledger):
    """Rules of the liability count by the month: one of December leaves the points of November as they were."""
    change(ledger, "point_value", DECEMBER, unit="PTS", fen="1.5")
    change(ledger, "point_consideration", DECEMBER, unit="PTS", source="purchase", fen="80")
    change(ledger, "breakage_assumption", DECEMBER, unit="PTS", source="bill", share="0.125")
    change(ledger, "ledger_setting", DECEMBER, name="breakage_history_months", value="36")
    november, december = date(2026, 11, 30), date(2026, 12, 31)

    with ledger.works.begin() as work:
        now = ledger.fetch("SELECT clock_timestamp()")[0][0]
        before, after = (configuration(work, day, now) for day in (november, december))

    assert [after.terms.worth_of("PTS", day) for day in (november, december)] == [MILLION, MILLION * 3 // 2]
    paid = [after.terms.paid_for("PTS", "purchase", day).price for day in (november, december)]
    assert paid == [100 * MILLION, 80 * MILLION]
    assert (before.breakage.get(("PTS", "bill")), after.breakage["PTS", "bill"]) == (None, MILLION // 8)
    assert (before.evidence.months, after.evidence.months) == (24, 36)
