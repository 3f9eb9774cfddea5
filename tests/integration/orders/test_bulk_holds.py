"""Goods and points of a bulk order that waits to be approved: held for as long as it waits, given back when its time is
over."""

import pytest

from services.chassis.testkit import database_of
from services.orders import contract
from services.orders.usecases.set_sale_terms import set_sale_terms
from tests.integration.catalog.shop import status_of
from tests.integration.orders.goods import CUP, PAPER
from tests.integration.orders.real_neighbours import mall_of_three

engine = database_of("orders", each="function")
DAY_S = 86_400


@pytest.fixture
def mall(engine):
    with mall_of_three(engine) as mall:
        mall.sell_in_bulk(PAPER, 500)
        mall.sell_in_bulk(CUP, 500)
        yield mall


def holds_end_early(mall):
    """As if they had been asked for under shorter terms: a retry finds the holds of its first try."""
    mall.ledger.execute("UPDATE hold SET expires_at = now() - interval '1 second' WHERE state = 'open'")
    with mall.stock.engine.begin() as connection:
        past = "UPDATE reservation SET expires_at = %s WHERE status = 'held'"
        connection.exec_driver_sql(past, (mall.shop.clock.now(),))


@pytest.mark.parametrize(("sku_id", "points"), [(PAPER, 4_000), (CUP, 6_000)])
def test_all_of_it_is_held_until_the_deadline_and_given_back_after_it(mall, sku_id, points):
    order = mall.shop.place((sku_id, 200))
    waits = ((500, 200), (100_000 - points, points), "awaiting_payment")
    for hours in (1, 11, 11):
        mall.advance(hours=hours)
        mall.sweep()
        assert (mall.on_shelf(sku_id), mall.wallet(), mall.shop.status_of(order)[0]) == waits
    mall.advance(hours=1)
    mall.sweep()
    row = mall.shop.row_of(order)
    assert (row.status, row.close_reason) == ("closed", "approval_window_over")
    assert (mall.on_shelf(sku_id), mall.wallet()) == ((500, 0), (100_000, 0))
    assert status_of(mall.stock.engine, order["order_id"]) == "released"


def test_holds_that_end_before_the_deadline_are_held_on_turn_after_turn(mall):
    order = mall.shop.place((PAPER, 200))
    for _ in range(5):
        holds_end_early(mall)
        mall.sweep()
        assert (mall.on_shelf(PAPER), mall.wallet()) == ((500, 200), (96_000, 4_000))
    mall.approve(order)
    mall.shop.pay(order)
    mall.deliver()
    assert (mall.on_shelf(PAPER), mall.wallet()) == ((300, 0), (96_000, 0))
    assert mall.shop.status_of(order)[:2] == ("confirmed", "paid")


def test_what_is_approved_in_the_last_minute_is_held_while_it_may_be_paid(mall):
    order = mall.shop.place((PAPER, 200))
    mall.advance(seconds=DAY_S - 60)
    mall.sweep()
    assert mall.approve(order)["awaits"] == "payment"
    mall.advance(minutes=14)
    mall.sweep()
    assert (mall.on_shelf(PAPER), mall.wallet()) == ((500, 200), (96_000, 4_000))
    mall.advance(minutes=1)
    mall.sweep()
    assert mall.shop.row_of(order).close_reason == "payment_window_over"
    assert (mall.on_shelf(PAPER), mall.wallet()) == ((500, 0), (100_000, 0))


def test_while_the_job_that_closes_it_is_late_nothing_is_sold_to_others(mall):
    order = mall.shop.place((CUP, 200))
    mall.advance(seconds=2 * DAY_S)
    late = mall.shop.run_jobs
    mall.shop.run_jobs = lambda: None
    mall.sweep()
    assert (mall.on_shelf(CUP), mall.wallet()) == ((500, 200), (94_000, 6_000))
    mall.shop.run_jobs = late
    mall.sweep()
    assert mall.shop.row_of(order).close_reason == "approval_window_over"
    assert (mall.on_shelf(CUP), mall.wallet()) == ((500, 0), (100_000, 0))


def test_a_refusal_gives_back_what_is_held(mall):
    order = mall.shop.place((PAPER, 300))
    mall.refuse(order)
    mall.deliver()
    assert (mall.on_shelf(PAPER), mall.wallet()) == ((500, 0), (100_000, 0))
    assert mall.shop.row_of(order).close_reason == contract.NOT_APPROVED_REASON


def test_a_longer_time_to_approve_holds_longer(mall):
    terms = dict.fromkeys(("pay_window_s", "hold_grace_s", "covered_hold_s", "auto_complete_days", "fetch_days"))
    wish = {**terms, "approval_window_s": 4 * DAY_S, "effective_from": None, "reason": "a holiday"}
    mall.shop.works.run(set_sale_terms, wish)
    mall.advance(seconds=1)
    order = mall.shop.place((CUP, 100))
    mall.advance(days=3, hours=23)
    mall.sweep()
    assert (mall.on_shelf(CUP), mall.shop.status_of(order)[0]) == ((500, 100), "awaiting_payment")
    mall.advance(hours=1)
    mall.sweep()
    assert (mall.on_shelf(CUP), mall.shop.status_of(order)[0]) == ((500, 0), "closed")
