"""Orders that are paid in coins too: held and settled beside the points, each for itself."""

import pytest

from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.orders import contract
from services.points import contract as points
from tests.integration.orders.goods import GAME
from tests.integration.orders.kit import Shop

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Shop(engine)


def units_of(shop, call):
    return sorted((request["unit"], request.get("points")) for request in shop.rpc.requests_of(call))


def test_both_are_held_and_the_order_is_paid_when_both_are_captured(shop):
    order = shop.place((GAME, 2))
    assert (order["points"], order["coins"], order["cash_fen"]) == (400, 60, 0)
    assert units_of(shop, points.HOLD_POINTS) == [("COIN", 60), ("PTS", 400)]
    [confirmed] = shop.events_of(order, contract.ORDER_CONFIRMED)
    assert confirmed["data"]["coins"] == 60
    shop.hear_points(points.HOLD_CAPTURED, order, 60, points.COINS)
    assert shop.status_of(order)[:2] == ("confirmed", "partial")
    shop.hear_points(points.HOLD_CAPTURED, order, 400)
    assert shop.status_of(order)[:2] == ("confirmed", "paid")
    assert shop.broken_invariants() == []


def test_an_order_that_is_cancelled_gives_both_back(shop):
    order = shop.place((GAME, 1))
    shop.hear_points(points.HOLD_CAPTURED, order, 200)
    assert shop.cancel(order)["status"] == "cancelled"
    shop.hear_points(points.HOLD_RELEASED, order, 30, points.COINS)
    shop.hear_points(points.POINTS_REFUNDED, order, 200)
    assert shop.status_of(order)[:2] == ("cancelled", "refunded")
    assert shop.broken_invariants() == []


def test_too_few_coins_let_the_points_go_again(shop):
    def hold(request):
        if request["unit"] == points.COINS:
            raise Refused(points.INSUFFICIENT, "too few", available=0, needed=request["points"])
        return shop._held(request) | {"points": request["points"], "available": 0}

    shop.rpc.answers[points.HOLD_POINTS] = hold
    with pytest.raises(Refused, match=points.INSUFFICIENT):
        shop.place((GAME, 1))
    assert units_of(shop, points.RELEASE_HOLD) == [("COIN", None), ("PTS", None)]


def test_coins_that_nobody_told_us_of_are_asked_for(shop):
    order = shop.place((GAME, 1))
    shop.hear_points(points.HOLD_CAPTURED, order, 200)
    shop.clock.advance(seconds=120)
    assert shop.drive_inside()
    assert units_of(shop, points.CAPTURE_HOLD) == [("COIN", None)]
    assert shop.status_of(order)[1] == "paid"
