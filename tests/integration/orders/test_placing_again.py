"""Placing again: lost answers, crashes, old holds, and several requests at once."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcTimeout
from services.chassis.refusal import INVALID_REQUEST, Refused
from services.chassis.testkit import database_of, race
from services.orders import contract
from services.orders.usecases import write_order as writing
from services.orders.usecases.place_order import place_order
from services.points import contract as points
from tests.integration.orders.goods import PHONE, RICE
from tests.integration.orders.kit import NOON, Shop

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Shop(engine)


def orders_of(shop):
    with shop.engine.connect() as connection:
        mine = sa.text("SELECT count(*) FROM orders WHERE member_id = :member_id")
        return connection.execute(mine, {"member_id": shop.member_id}).scalar_one()


def calls(shop):
    return [call.address for call, _ in shop.rpc.calls]


RELEASES = [catalog.RELEASE_STOCK.address, points.RELEASE_HOLD.address]


@pytest.mark.parametrize("silent", [catalog.RESERVE_STOCK, points.HOLD_POINTS, catalog.QUOTE_LINES])
def test_silent_neighbour_leaves_holds_and_key_for_a_retry(shop, silent):
    answer, request = shop.rpc.answers[silent], shop.request((RICE, 1))
    shop.rpc.answers[silent] = RpcTimeout("silent")
    with pytest.raises(Refused, match=contract.TEMPORARILY_UNAVAILABLE):
        place_order(shop.works, request)
    assert not set(calls(shop)) & set(RELEASES)

    shop.rpc.answers[silent] = answer
    order = place_order(shop.works, request)
    assert order["status"] == "confirmed"
    holds = shop.rpc.requests_of(points.HOLD_POINTS)
    assert {hold["order_id"] for hold in holds} == {order["order_id"]}
    assert orders_of(shop) == 1


def test_certain_no_beside_a_silence_is_a_no(shop):
    shop.rpc.answers[catalog.RESERVE_STOCK] = RpcTimeout("silent")
    shop.rpc.answers[points.HOLD_POINTS] = Refused(points.INSUFFICIENT, "no")
    with pytest.raises(Refused, match=points.INSUFFICIENT):
        shop.place((RICE, 1))


def test_crash_between_hold_and_commit_leaves_nothing_and_the_retry_places(shop, monkeypatch):
    request = shop.request((RICE, 1))

    def crash(*_):
        raise ConnectionResetError("the process died here")

    with monkeypatch.context() as patched:
        patched.setattr(writing, "record_holds", crash)
        with pytest.raises(ConnectionResetError):
            place_order(shop.works, request)
    assert orders_of(shop) == 0
    assert not set(calls(shop)) & set(RELEASES)
    assert place_order(shop.works, request)["status"] == "confirmed"
    assert orders_of(shop) == 1


def test_retry_that_finds_old_holds_has_only_their_rest_of_time(shop):
    request = shop.request((PHONE, 1))
    held_until = {"order_id": "ord_" + "0" * 32, "expires_at": NOON + timedelta(minutes=20)}
    shop.rpc.answers[catalog.RESERVE_STOCK] = held_until
    shop.rpc.answers[points.HOLD_POINTS] = held_until | {"points": 500, "available": 0}
    shop.clock.advance(minutes=12)
    order = place_order(shop.works, request)
    assert shop.row_of(order).pay_by == NOON + timedelta(minutes=15)


def test_retry_after_the_holds_ran_out_is_refused_for_good(shop):
    request = shop.request((PHONE, 1))
    held_until = {"order_id": "ord_" + "0" * 32, "expires_at": NOON + timedelta(minutes=20)}
    shop.rpc.answers[catalog.RESERVE_STOCK] = held_until
    shop.clock.advance(minutes=15)
    with pytest.raises(Refused, match=contract.PLACING_LAPSED):
        place_order(shop.works, request)
    assert calls(shop)[-2:] == RELEASES
    with pytest.raises(Refused, match=contract.PLACING_LAPSED):
        place_order(shop.works, request)


def test_hold_that_was_released_before_means_a_new_request_id(shop):
    shop.rpc.answers[points.HOLD_POINTS] = Refused(points.HOLD_RELEASED_BEFORE, "too late")
    with pytest.raises(Refused, match=contract.PLACING_LAPSED):
        shop.place((RICE, 1))


def test_same_key_is_the_same_order_whatever_the_tier_is_now(shop):
    request = shop.request((RICE, 1))
    first = place_order(shop.works, request)
    again = place_order(shop.works, request | {"member_tier": "red", "language": "en"})
    assert again == first
    assert orders_of(shop) == 1


def test_same_key_with_another_content_is_refused(shop):
    request = shop.request((RICE, 1))
    place_order(shop.works, request)
    other = shop.request((RICE, 2)) | {"request_id": request["request_id"]}
    with pytest.raises(Refused, match=r"request\.key_reused"):
        place_order(shop.works, other)


def test_two_members_may_use_the_same_key(shop, engine):
    other = Shop(engine)
    first = shop.place((RICE, 1), request_id="once")
    second = other.place((RICE, 1), request_id="once")
    assert first["order_id"] != second["order_id"]


def test_order_outlives_its_remembered_answer(shop):
    request = shop.request((RICE, 1))
    first = place_order(shop.works, request)
    with shop.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM answer"))
    assert place_order(shop.works, request)["order_id"] == first["order_id"]
    assert orders_of(shop) == 1


def test_same_key_at_once_makes_one_order_and_one_answer(shop):
    for _ in range(5):
        request = shop.request((PHONE, 1))
        answers = race(*[lambda request=request: place_order(shop.works, request) for _ in range(6)])
        assert all(answer == answers[0] for answer in answers), answers
        assert len(shop.events_of(answers[0], contract.ORDER_PLACED)) == 1
    assert orders_of(shop) == 5
    assert not set(calls(shop)) & set(RELEASES)
    assert shop.broken_invariants() == []


def test_one_that_loses_to_a_refusal_under_its_key_lets_go(shop):
    """The price changes between two requests under one key; the one that was refused answers for both."""
    request = shop.request((RICE, 1))
    hold = shop.rpc.answers[points.HOLD_POINTS]

    def refused_meanwhile(held):
        shop.rpc.answers[catalog.QUOTE_LINES] = Refused(catalog.GOODS_NOT_ON_SALE, "gone")
        with pytest.raises(Refused):
            place_order(shop.works, request)
        return hold(held)

    shop.rpc.answers[points.HOLD_POINTS] = refused_meanwhile
    with pytest.raises(Refused, match=catalog.GOODS_NOT_ON_SALE):
        place_order(shop.works, request)
    assert calls(shop)[-2:] == RELEASES
    assert orders_of(shop) == 0


def test_a_refusal_that_names_lines_by_number_is_an_answer_that_is_kept(shop):
    def finds_a_line_wrong(request):
        wrong = [{**line, "quantity": 0} for line in request["lines"]]
        return catalog.QUOTE_LINES.load_request({**request, "lines": wrong})

    shop.rpc.answers[catalog.QUOTE_LINES] = finds_a_line_wrong
    request = shop.request((RICE, 1))
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            place_order(shop.works, request)
        assert refused.value.code == INVALID_REQUEST
        assert set(refused.value.details["fields"]["lines"]) == {"0"}
    assert len(shop.rpc.requests_of(catalog.QUOTE_LINES)) == 1
