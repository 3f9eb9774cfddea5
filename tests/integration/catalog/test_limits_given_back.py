"""What a member did not get in the end does not count against their limits, within the period in which it was taken."""

from datetime import UTC, datetime
from functools import partial

import pytest
import sqlalchemy as sa

from services.catalog import contract
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.return_limits import return_limits_of_case
from services.catalog.usecases.set_limit import set_limit
from services.chassis.clock import FixedClock
from services.chassis.ids import derived_id, new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, event_of, race, works_on
from services.orders.contract import CASE_REFUNDED
from tests.integration.catalog.shop import (
    bring_in,
    broken_invariants,
    bundle,
    confirmed,
    element,
    ended,
    goods,
    new_order,
    reserve,
    sku,
)

engine = database_of("catalog")
NOON = datetime(2027, 3, 31, 4, tzinfo=UTC)  # in China


@pytest.fixture
def works(engine):
    works = works_on(engine, clock=FixedClock(NOON))
    yield works
    assert broken_invariants(works) == []


@pytest.fixture
def member():
    return new_id("mbr")


def limited(works, subject, most, period="day"):
    wish = {"request_id": new_id("req"), "subject": subject, "period": period, "most": most, "reason": "test"}
    works.once(contract.SET_LIMIT, set_limit, contract.SET_LIMIT.load_request(wish))


@pytest.fixture
def boxes(works):
    """(goods, SKU, element): three a member and day of the goods and the SKU; a box has two units of the element, of
    which there are six."""
    one, part = goods(skus=[]), element(stock=50)
    one["skus"] = [bundle((part["element_id"], 2)), sku(50)]
    bring_in(works, one, elements=[part])
    sku_id = one["skus"][0]["sku_id"]
    for subject, most in ((one["goods_id"], 3), (sku_id, 3), (part["element_id"], 6)):
        limited(works, subject, most)
    return one, sku_id


def buy(works, member, sku_id, pieces):
    order_id = new_order()
    reserve(works, order_id, (sku_id, pieces), member_id=member)
    works.apply(confirmed(order_id, (sku_id, pieces), member_id=member), commit_confirmed_order)
    return order_id


def is_full(works, member, sku_id, pieces=1):
    with pytest.raises(Refused, match=contract.LIMIT_REACHED):
        reserve(works, new_order(), (sku_id, pieces), member_id=member)


def refund(works, order_id, sku_id, pieces, case_id=None, version=3, **changes):
    data = {
        "case_id": case_id or new_id("cas"),
        "order_id": order_id,
        "member_id": new_id("mbr"),
        "merchant_id": derived_id("mer", "test"),
        "kind": "refund",
        **dict.fromkeys(("points", "coins", "cash_fen"), 0),
        "lines": [{"line_no": 1, "units": list(range(1, pieces + 1))}],
        "pieces": [{"sku_id": sku_id, "pieces": pieces}],
        **changes,
    }
    return works.apply(event_of(CASE_REFUNDED, data["case_id"], data, version), return_limits_of_case)


def used(engine, member):
    with engine.connect() as connection:
        wanted = sa.text("SELECT used FROM limit_use WHERE member_id = :member ORDER BY used")
        return list(connection.execute(wanted, {"member": member}).scalars())


def test_refunded_pieces_may_be_had_again(engine, works, boxes, member):
    _, sku_id = boxes
    order_id = buy(works, member, sku_id, 3)
    assert used(engine, member) == [3, 3, 6]
    refund(works, order_id, sku_id, 2)
    assert used(engine, member) == [1, 1, 2]
    buy(works, member, sku_id, 2)
    is_full(works, member, sku_id)


def test_a_refund_counts_once_however_often_it_is_told(engine, works, boxes, member):
    _, sku_id = boxes
    order_id, case_id = buy(works, member, sku_id, 3), new_id("cas")
    for _ in range(2):
        refund(works, order_id, sku_id, 1, case_id)
    assert used(engine, member) == [2, 2, 4]
    refund(works, order_id, sku_id, 1, case_id, version=6)  # a dispute was won later
    assert used(engine, member) == [1, 1, 2]


def test_at_once_each_of_several_counts_once_and_all_of_them_no_more_than_was_taken(engine, works, boxes, member):
    _, sku_id = boxes
    order_id = buy(works, member, sku_id, 3)
    cases = [new_id("cas") for _ in range(3)]
    told = [partial(refund, works, order_id, sku_id, 1, case_id) for case_id in cases for _ in range(2)]
    cancelled = partial(works.apply, ended(order_id), release_ended_order)
    assert [result for result in race(*told, cancelled) if isinstance(result, Exception)] == []
    assert used(engine, member) == [0, 0, 0]


def test_after_a_part_the_end_of_the_order_gives_back_the_rest_in_either_order(engine, works, boxes, member):
    _, sku_id = boxes
    for is_late in (False, True):
        order_id = buy(works, member, sku_id, 3)
        deeds = [
            partial(refund, works, order_id, sku_id, 1),
            partial(works.apply, ended(order_id), release_ended_order),
        ]
        for deed in reversed(deeds) if is_late else deeds:
            deed()
        assert used(engine, member) == [0, 0, 0]


def test_what_is_called_off_whole_is_given_back_by_its_order_alone(engine, works, boxes, member):
    _, sku_id = boxes
    order_id = buy(works, member, sku_id, 2)
    refund(works, order_id, sku_id, 2, kind="cancel")
    assert used(engine, member) == [2, 2, 4]
    works.apply(ended(order_id), release_ended_order)
    assert used(engine, member) == [0, 0, 0]


def test_of_lost_goods_nothing_comes_back_but_the_member_may_have_as_many_again(engine, works, boxes, member):
    _, sku_id = boxes
    order_id = buy(works, member, sku_id, 3)
    for _ in range(2):  # told twice
        works.apply(ended(order_id, are_goods_lost=True), release_ended_order)
    assert used(engine, member) == [0, 0, 0]
    buy(works, member, sku_id, 3)


def test_what_was_taken_yesterday_gives_nothing_back_today(engine, works, boxes, member):
    _, sku_id = boxes
    order_id = buy(works, member, sku_id, 3)
    works.clock.advance(days=1)
    buy(works, member, sku_id, 3)
    refund(works, order_id, sku_id, 3)
    assert used(engine, member) == [0, 0, 0, 3, 3, 6]
    is_full(works, member, sku_id)


def test_only_what_the_pieces_are_of_is_given_back(engine, works, boxes, member):
    one, sku_id = boxes
    order_id, other = new_order(), one["skus"][1]["sku_id"]
    reserve(works, order_id, (sku_id, 1), (other, 2), member_id=member)
    assert used(engine, member) == [1, 2, 3]
    refund(works, order_id, other, 2)  # of its goods, not of the box and its parts
    assert used(engine, member) == [1, 1, 2]


def test_a_replacement_counts_no_second_time(engine, works, boxes, member):
    _, sku_id = boxes
    buy(works, member, sku_id, 3)
    reserve(works, new_order(), (sku_id, 3), member_id=member, is_replacement=True)
    assert used(engine, member) == [3, 3, 6]


def test_what_is_told_of_orders_without_limits_or_of_none_changes_nothing(engine, works, boxes, member):
    one, _ = boxes
    refund(works, new_order(), one["skus"][1]["sku_id"], 1)
    free = goods(skus=[sku(5)])
    bring_in(works, free)
    refund(works, buy(works, member, free["skus"][0]["sku_id"], 1), free["skus"][0]["sku_id"], 1)
    assert used(engine, member) == []
