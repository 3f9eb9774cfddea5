"""Counting while the shop goes on: differences are settled, by two persons if large, whatever moves meanwhile."""

from dataclasses import replace

import pytest

from services.catalog import contract
from services.catalog.contract import (
    COUNT_INCOMPLETE,
    COUNT_LINES_WRONG,
    COUNT_NOT_OPEN,
    COUNT_OF_ONESELF,
    COUNT_UNKNOWN,
    STOCK_INSUFFICIENT,
    STOCK_NOT_FREE,
    own_element,
)
from services.catalog.usecases.count_stock import (
    approve_count,
    cancel_count,
    list_counts,
    open_count,
    record_count,
    submit_count,
)
from services.chassis.context import Context
from services.chassis.ids import new_id
from services.chassis.testkit import database_of, works_on
from services.chassis.testkit.interleaving import interleavings
from tests.integration.catalog.shop import (
    broken_invariants,
    commit,
    movements_of,
    new_order,
    place_of,
    receive,
    reserve,
    stocked,
)
from tests.support.refusals import refused

engine = database_of("catalog")


@pytest.fixture
def works(engine):
    works = works_on(engine)
    yield works
    assert broken_invariants(works) == []


def done(works, command, usecase, **told):
    return works.once(command, usecase, command.load_request({"request_id": new_id("req"), **told}))


def by(works, actor):
    return replace(works, context=Context.fresh(actor))


class Shelf:
    """Twenty units of one SKU in a place of their own, and a count of them."""

    def __init__(self, works, units=20):
        self.sku_id, self.place_id = stocked(works, 0), place_of(works)
        self.element_id = own_element(self.sku_id)
        receive(works, self.element_id, units, self.place_id)
        wish = {"place_id": self.place_id, "element_ids": [], "reason": "月末盘点"}
        self.count_id = done(works, contract.OPEN_COUNT, open_count, **wish)["count_id"]

    def counted(self, works, units):
        lines = [{"element_id": self.element_id, "counted": units}]
        return done(works, contract.RECORD_COUNT, record_count, count_id=self.count_id, lines=lines)

    def submit(self, works):
        return done(works, contract.SUBMIT_COUNT, submit_count, count_id=self.count_id)

    def approve(self, works):
        return done(works, contract.APPROVE_COUNT, approve_count, count_id=self.count_id)

    def cancel(self, works):
        return done(works, contract.CANCEL_COUNT, cancel_count, count_id=self.count_id, reason="重盘")

    def sell(self, works, units):
        order_id = new_order()
        reserve(works, order_id, (self.sku_id, units))
        commit(works, order_id)


def units_on_hand(engine, shelf):
    """The SKU's own element also has an empty level where goods arrive."""
    return sum(quantity for _, quantity in movements_of(engine, shelf.sku_id))


def test_a_small_difference_is_posted_at_once(engine, works):
    shelf = Shelf(works)
    shelf.counted(works, 17)
    posted = shelf.submit(works)
    assert (posted["status"], posted["lines"][0]["difference"], posted["approved_by"]) == ("posted", -3, None)
    assert movements_of(engine, shelf.sku_id) == [("received", 20), ("adjusted", -3)]


def test_a_large_one_needs_another_person_through_whatever_door(engine, works):
    shelf = Shelf(works)
    shelf.counted(by(works, "staff:Li.Lei"), 30)
    assert shelf.submit(by(works, "staff:han.mei"))["status"] == "submitted"
    for actor in ("ops:li.lei", "ops:han.mei"):
        refused(COUNT_OF_ONESELF, shelf.approve, by(works, actor))
    assert units_on_hand(engine, shelf) == 20
    assert shelf.approve(by(works, "ops:zhao"))["approved_by"] == "ops:zhao"
    assert units_on_hand(engine, shelf) == 30
    refused(COUNT_NOT_OPEN, shelf.approve, by(works, "ops:zhao"))


def test_what_moves_before_and_after_the_figure_does_not_spoil_it(engine, works):
    shelf = Shelf(works)
    shelf.sell(works, 4)
    assert shelf.counted(works, 15)["lines"][0]["expected"] == 16
    shelf.sell(works, 5)
    receive(works, shelf.element_id, 2, shelf.place_id)
    shelf.submit(works)
    assert units_on_hand(engine, shelf) == 20 - 4 - 1 - 5 + 2


def test_an_element_may_be_counted_again(engine, works):
    shelf = Shelf(works)
    shelf.counted(works, 1)
    assert shelf.counted(works, 20)["lines"][0]["difference"] == 0
    assert shelf.submit(works)["status"] == "posted"
    assert movements_of(engine, shelf.sku_id) == [("received", 20)]


def test_what_is_promised_cannot_go_missing(engine, works):
    shelf = Shelf(works)
    reserve(works, new_order(), (shelf.sku_id, 18))
    shelf.counted(works, 17)
    refused(STOCK_NOT_FREE, shelf.submit, works)
    assert units_on_hand(engine, shelf) == 20


def test_a_cancelled_count_changes_nothing(engine, works):
    shelf = Shelf(works)
    shelf.counted(works, 2)
    shelf.submit(works)
    assert shelf.cancel(by(works, "ops:zhao"))["status"] == "cancelled"
    refused(COUNT_NOT_OPEN, shelf.approve, by(works, "ops:zhao"))
    refused(COUNT_NOT_OPEN, shelf.counted, works, 3)
    assert units_on_hand(engine, shelf) == 20


def test_what_cannot_be_counted(works):
    shelf, voucher = Shelf(works), own_element(stocked(works, 3, kind="virtual"))
    refused(COUNT_INCOMPLETE, shelf.submit, works)
    wish = {"place_id": shelf.place_id, "element_ids": [voucher], "reason": "x"}
    refused(COUNT_LINES_WRONG, done, works, contract.OPEN_COUNT, open_count, **wish)
    lines = [{"element_id": voucher, "counted": 3}]
    refused(COUNT_LINES_WRONG, done, works, contract.RECORD_COUNT, record_count, count_id=shelf.count_id, lines=lines)
    refused(COUNT_UNKNOWN, done, works, contract.SUBMIT_COUNT, submit_count, count_id=new_id("cnt"))
    listed = works.run(list_counts, {"status": "counting", "limit": 1})["counts"]
    assert [one["count_id"] for one in listed] == [shelf.count_id]


def test_in_every_order_of_a_count_and_a_sale_the_books_are_right(engine, works):
    def prepare():
        nonlocal shelf
        shelf = Shelf(works, 6)
        shelf.counted(works, 3)  # half of it is gone
        order_id = new_order()
        return [
            lambda own: shelf.submit(replace(works, engine=own)),
            lambda own: reserve(replace(works, engine=own), order_id, (shelf.sku_id, 5)),
        ]

    shelf, seen = None, set()
    for interleaving in interleavings(engine, prepare):
        assert not interleaving.deadlocked
        seen.add((units_on_hand(engine, shelf), *(getattr(one, "code", "done") for one in interleaving.results)))
    assert seen == {(3, "done", STOCK_INSUFFICIENT), (6, STOCK_NOT_FREE, "done")}


def test_two_submissions_at_once_post_once(engine, works):
    def prepare():
        nonlocal shelf
        shelf = Shelf(works)
        shelf.counted(works, 18)
        return [lambda own: shelf.submit(replace(works, engine=own))] * 2

    shelf = None
    for interleaving in interleavings(engine, prepare):
        codes = sorted(getattr(one, "code", "done") for one in interleaving.results)
        assert (codes, units_on_hand(engine, shelf)) == ([COUNT_NOT_OPEN, "done"], 18)
