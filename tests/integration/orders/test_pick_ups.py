"""Orders that wait in a business hall: collected, called off, or not fetched in time; one of them."""

from datetime import timedelta
from functools import partial

import pytest

from services.catalog import contract as catalog
from services.chassis.bus.faults import RpcFault
from services.chassis.ids import derived_id, new_id
from services.chassis.refusal import Refused
from services.chassis.schemas import to_wire
from services.chassis.testkit import database_of, race
from services.orders import contract
from services.orders.usecases.look_up_orders import get_order
from services.points import contract as points
from tests.integration.orders.goods import PHONE, RICE, TOP_UP
from tests.integration.orders.kit import NOON, Shop
from tests.support.old_databases import database_from

engine = database_of("orders")
HALL, KEY = derived_id("whs", "hall"), derived_id("stk", "key")
TRIES = 200


@pytest.fixture
def shop(engine):
    shop = Shop(engine)
    yield shop
    assert shop.broken_invariants() == []


def placed(shop, *lines, **changes):
    return shop.place(*(lines or ((RICE, 1),)), delivery_address=None, pick_up_at=HALL, **changes)


def prepared(shop, order):
    hall = {"place_id": HALL, "name_zh": "天河营业厅", "name_en": "Tianhe hall"}
    return shop.hear(catalog.PICK_UP_PREPARED, order, **hall, code="04291738", prepared_at=shop.clock.now())


def collected(shop, order):
    return shop.hear(catalog.PICK_UP_COLLECTED, order, place_id=HALL, key_id=KEY, collected_at=shop.clock.now())


def settled(shop, order):
    shop.hear_points(points.HOLD_CAPTURED, order, shop.row_of(order).points)


def seen(shop, order):
    return contract.GET_ORDER.dump_reply(shop.works.run(get_order, shop.of(order)))


def events(shop, order):
    kinds = (contract.ORDER_PREPARED, contract.FETCHING_REMINDED)
    return [event["type"] for kind in kinds for event in shop.events_of(order, kind)]


class Counter:
    """Catalog's side of a hand-over: the first of hand-over and stop counts, whoever asks."""

    def __init__(self, shop):
        self.shop, self.collected_at = shop, None
        shop.rpc.answers[catalog.STOP_HAND_OVER] = self.stopped

    def stopped(self, request):
        if self.collected_at:
            told = {"collected_at": to_wire(self.collected_at), "counter": KEY}
            return Refused(catalog.COLLECTED_BEFORE, "handed over", **told)
        return {"order_id": request["order_id"], "units": 1}

    def hands_over(self):
        self.collected_at = self.shop.clock.now()


def test_it_needs_no_address_and_its_goods_wait_in_the_hall(shop):
    order = placed(shop)
    [asked] = shop.rpc.requests_of(catalog.RESERVE_STOCK)
    assert (asked["hall"], asked["waits"], "destination" in asked) == (HALL, True, False)
    nothing_told = dict.fromkeys(("name_zh", "name_en", "code", "prepared_at", "fetch_by", "collected_at"))
    assert order["pick_up"] == seen(shop, order)["pick_up"] == {"place_id": HALL, **nothing_told}
    [confirmed] = shop.events_of(order, contract.ORDER_CONFIRMED)
    assert (confirmed["data"]["pick_up_at"], confirmed["data"]["delivery_address"]) == (HALL, None)
    shop.cancel(order)


def test_the_member_is_told_the_code_once_and_the_order_ends_when_it_is_collected(shop):
    order = placed(shop)
    settled(shop, order)
    prepared(shop, order)
    shop.clock.advance(hours=2)
    collected(shop, order)
    collected(shop, order)

    pick_up = seen(shop, order)["pick_up"]
    assert (pick_up["code"], pick_up["name_en"], pick_up["collected_at"]) == (
        "04291738",
        "Tianhe hall",
        to_wire(NOON + timedelta(hours=2)),
    )
    assert pick_up["fetch_by"] == to_wire(NOON + timedelta(days=7))
    assert shop.status_of(order) == ("completed", "paid", "delivered")
    assert events(shop, order) == [contract.ORDER_PREPARED.type]
    assert shop.facts_of(order).count("pick_up.collected") == 1


def test_what_was_collected_before_it_was_heard_of_as_prepared_is_collected(shop):
    order = placed(shop)
    settled(shop, order)
    collected(shop, order)
    prepared(shop, order)
    assert shop.status_of(order) == ("completed", "paid", "delivered")
    assert events(shop, order) == []


def test_codes_beside_the_goods_are_not_offered_at_a_hall(shop):
    with pytest.raises(Refused) as refused:
        placed(shop, (RICE, 1), (TOP_UP, 1))
    assert (refused.value.code, refused.value.details) == (contract.COMBINATION_NOT_OFFERED, {"variants": ["pick_up"]})
    assert shop.rpc.requests_of(catalog.RESERVE_STOCK) == []


def test_the_same_request_at_another_hall_is_another_request(shop):
    placed(shop, request_id="req-1")
    with pytest.raises(Refused, match="key_reused"):
        shop.place((RICE, 1), delivery_address=None, pick_up_at=new_id("whs"), request_id="req-1")


@pytest.mark.parametrize("is_prepared", [True, False])
def test_it_is_called_off_before_it_is_fetched_and_everything_goes_back(shop, is_prepared):
    order = placed(shop)
    settled(shop, order)
    if is_prepared:
        prepared(shop, order)
    assert shop.cancel(order)["status"] == "cancelled"
    shop.hear_points(points.POINTS_REFUNDED, order, order["points"])
    assert shop.status_of(order) == ("cancelled", "refunded", "none")
    assert len(shop.rpc.requests_of(catalog.STOP_HAND_OVER)) == 1


def test_what_was_handed_over_meanwhile_is_not_called_off(shop):
    order, counter = placed(shop), Counter(shop)
    settled(shop, order)
    prepared(shop, order)
    counter.hands_over()
    with pytest.raises(Refused) as refused:
        shop.cancel(order)
    assert refused.value.code == contract.NOT_CANCELLABLE
    assert shop.status_of(order) == ("completed", "paid", "delivered")
    collected(shop, order)  # late, and known
    assert shop.facts_of(order).count("pick_up.collected") == 1


def test_the_member_is_reminded_and_what_is_not_fetched_goes_back(shop):
    order = placed(shop)
    settled(shop, order)
    prepared(shop, order)
    for day in range(1, 7):
        shop.clock.advance(days=1)
        shop.run_jobs()
        assert len(events(shop, order)) - 1 == max(0, day - 2)
    shop.clock.advance(days=1)
    shop.run_jobs()
    assert shop.status_of(order)[0] == "cancelled"
    assert shop.row_of(order).close_reason == "not_fetched"


def test_cash_comes_back_of_what_nobody_fetched(shop):
    order = placed(shop, (PHONE, 1))
    shop.pay(order)
    settled(shop, order)
    prepared(shop, order)
    shop.clock.advance(days=7)
    shop.run_jobs()
    shop.hear_points(points.POINTS_REFUNDED, order, order["points"])
    assert shop.status_of(order) == ("cancelled", "refunded", "none")


def test_who_comes_at_the_last_moment_has_the_goods(shop):
    order, counter = placed(shop), Counter(shop)
    settled(shop, order)
    prepared(shop, order)
    shop.clock.advance(days=7)
    counter.hands_over()
    shop.run_jobs()
    assert shop.status_of(order) == ("completed", "paid", "delivered")


def test_a_silent_catalog_leaves_it_cancelling_until_it_answers(shop):
    order = placed(shop)
    settled(shop, order)
    prepared(shop, order)
    shop.rpc.answers[catalog.STOP_HAND_OVER] = RpcFault("no answer")
    assert shop.cancel(order)["status"] == "cancelling"
    Counter(shop)
    shop.clock.advance(minutes=1)
    shop.run_jobs()
    assert shop.status_of(order)[0] == "cancelled"


def test_what_is_not_prepared_in_time_is_stuck(shop):
    order = placed(shop)
    settled(shop, order)
    shop.clock.advance(seconds=900)
    shop.run_jobs()
    assert shop.row_of(order).stuck_step == "prepare"


def test_hand_over_cancelling_and_time_out_at_once_have_one_lawful_end(shop):
    ends = set()
    for number in range(TRIES):
        order, counter = placed(shop), Counter(shop)
        settled(shop, order)
        prepared(shop, order)
        shop.clock.advance(days=7)
        counter.collected_at = shop.clock.now() if number % 2 else None
        hands_over = partial(collected, shop, order) if number % 2 else partial(prepared, shop, order)
        outcomes = race(hands_over, partial(shop.cancel, order), shop.drive_inside)
        assert all(isinstance(one, Refused) for one in outcomes if isinstance(one, Exception)), outcomes
        shop.clock.advance(minutes=1)
        shop.run_jobs()
        status = shop.status_of(order)[0]
        assert status == ("completed" if number % 2 else "cancelled")
        ends.add(status)
        assert len(shop.ended(order)) == (1 if status == "completed" else 2)
    assert ends == {"completed", "cancelled"}


def test_terms_of_before_let_goods_wait_a_week():
    with database_from("orders", "0017", "SELECT 1") as old, old.connect() as connection:
        assert connection.exec_driver_sql("SELECT DISTINCT fetch_days FROM sale_terms").scalar_one() == 7
        flow = connection.exec_driver_sql("SELECT steps FROM order_flow WHERE variant = 'pick_up'").scalar_one()
    assert [step["step"] for step in flow][-2:] == ["prepare", "hand_over"]
