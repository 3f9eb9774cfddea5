"""What partners switch on: once, whatever is lost or repeated, and given back when they say no."""

import itertools
from datetime import timedelta
from functools import partial

import pytest

from services.catalog import contract as catalog
from services.chassis.clock import FixedClock
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, race
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.domain.provisioning import Result
from services.orders.storage.audits import QUESTIONS
from services.orders.usecases.look_up_orders import get_order
from services.orders.usecases.put_provisioner import pause_provisioner, put_provisioner
from services.orders.usecases.record_provisioning_callback import record_provisioning_callback
from services.orders.usecases.unstick_order import unstick_order
from services.points import contract as points
from tests.integration.orders.configured_partner import partner
from tests.integration.orders.goods import CREDIT, CREDIT_BAG, CREDIT_BOX, CREDITS, GAMES, SWITCHED_ON, TOPUP
from tests.integration.orders.kit import NOON, Shop, parcel_data
from tests.support.refusals import refused

engine = database_of("orders")
DAYS = itertools.count()


def new_shop(engine, **changes):
    """Each a day after the one before: what is configured counts from an instant on."""
    shop = Shop(engine, clock=FixedClock(NOON + timedelta(days=next(DAYS))))
    for name in (TOPUP, GAMES):
        shop.works.run(put_provisioner, partner(name, **changes))
    return shop


@pytest.fixture
def shop(engine):
    shop = new_shop(engine)
    yield shop
    assert shop.broken_invariants() == []


def captured(shop, order):
    shop.hear_points(points.HOLD_CAPTURED, order, shop.row_of(order).points)
    return order


def pass_time(shop, seconds=31):
    shop.clock.advance(seconds=seconds)
    shop.run_jobs()


def bought(shop, sku_id=CREDIT, **changes):
    """An order of it whose points are captured, and whose partners were asked as far as they answer."""
    order = shop.place((sku_id, 1), **changes)
    if order["cash_fen"]:
        shop.pay(order)
    captured(shop, order)
    pass_time(shop, 2)
    return order


def seen(shop, order):
    return contract.GET_ORDER.dump_reply(shop.works.run(get_order, shop.of(order)))


def states(shop, order):
    return [one["state"] for one in seen(shop, order)["provisionings"]]


def operation(shop, number=-1):
    return list(shop.partner.operations)[number]


def call_back(shop, operation_id, signature="genuine", name=TOPUP):
    headers = {"webhook_id": "evt", "webhook_timestamp": "1", "webhook_signature": signature}
    return record_provisioning_callback(shop.works, {"provisioner": name, **headers, "body": operation_id})["outcome"]


def stuck(shop, order):
    row = shop.row_of(order)
    return row.stuck_step, next(step.get("problem") for step in row.plan if step["step"] == "provision")


def unstick(shop, order, move):
    told = {"order_id": order["order_id"], "move": move, "step": "provision", "reason": "seen to"}
    shop.works.run(unstick_order, told)


def test_the_members_own_number_is_topped_up_once_and_the_order_is_complete(shop):
    order = bought(shop)
    assert shop.status_of(order) == ("completed", "paid", "delivered")
    [(name, wanted)] = shop.partner.asked
    assert (name, wanted.account, wanted.product, wanted.units) == (TOPUP, "13800138000", "CREDIT-50", 1)
    [one] = seen(shop, order)["provisionings"]
    assert (one["name_en"], one["account"], one["state"]) == ("50 yuan of credit", "13800138000", "succeeded")
    assert one["reference"] == f"no-{wanted.operation_id}"
    assert seen(shop, order)["lines"][0]["provision_to"] == "13800138000"


def test_nobody_is_asked_before_the_order_is_paid_for_good(shop):
    order = shop.place((CREDIT, 1))
    pass_time(shop)
    assert shop.partner.asked == []
    refused(contract.NOT_CANCELLABLE, shop.cancel, order)
    captured(shop, order)
    pass_time(shop, 2)
    assert len(shop.partner.asked) == 1


def line_to(shop, account):
    request = shop.request((CREDIT, 1))
    return {"lines": [{**request["lines"][0], "provision_to": account}]}


def test_another_number_is_topped_up_if_it_is_said(shop):
    bought(shop, **line_to(shop, " +8613911112222"))
    assert shop.partner.asked[0][1].account == "13911112222"


@pytest.mark.parametrize("account", ["123", "139111122223", "hacker"])
def test_a_number_that_is_none_is_refused_before_anything_is_held(shop, account):
    details = refused(contract.ACCOUNT_WRONG, shop.place, (CREDIT, 1), **line_to(shop, account))
    assert details == {"asks_for": "phone", "pattern": "1[3-9][0-9]{9}"}
    assert shop.partner.asked == []


def test_an_account_is_never_guessed(engine):
    shop = new_shop(engine, asks_for="account", pattern="[a-z]+")
    refused(contract.ACCOUNT_WRONG, shop.place, (CREDIT, 1))
    bought(shop, **line_to(shop, "lilei"))
    assert shop.partner.asked[0][1].account == "lilei"


@pytest.mark.parametrize("when", ["before", "after"])
def test_who_did_not_answer_is_asked_what_became_of_it(shop, when):
    shop.partner.fails = when
    order = bought(shop)
    assert states(shop, order) == ["unknown"]
    pass_time(shop)
    assert shop.status_of(order)[::2] == ("completed", "delivered")
    assert len(shop.partner.asked) == 1


def test_a_partner_that_decides_later_is_asked_or_calls_back(shop):
    shop.partner.is_slow = True
    first = bought(shop)
    shop.partner.decide(operation(shop), Result("succeeded"))
    pass_time(shop)
    assert shop.status_of(first)[0] == "completed"
    second = bought(shop)
    shop.partner.decide(operation(shop), Result("succeeded"))
    assert call_back(shop, operation(shop)) == "applied"
    assert shop.status_of(second)[0] == "completed"
    assert call_back(shop, operation(shop)) == "duplicate"
    assert len(shop.partner.asked) == 2


def test_callbacks_that_are_forged_or_of_nobody_change_nothing(shop):
    shop.partner.is_slow = True
    order = bought(shop)
    shop.partner.decide(operation(shop), Result("succeeded"))
    shop.partner.operations["prv_unknown"] = Result("succeeded")
    refused(contract.CALLBACK_NOT_GENUINE, call_back, shop, operation(shop, 0), signature="forged")
    refused(contract.PROVISIONING_UNKNOWN, call_back, shop, operation(shop, 0), name=GAMES)
    refused(contract.PROVISIONING_UNKNOWN, call_back, shop, "prv_unknown")
    refused(contract.PROVISIONER_UNKNOWN, call_back, shop, operation(shop, 0), name="nobody")
    assert states(shop, order) == ["requested"]
    del shop.partner.operations["prv_unknown"]
    pass_time(shop)


def test_a_callback_and_a_question_at_once_count_once(shop):
    shop.partner.is_slow = True
    order = bought(shop)
    shop.partner.decide(operation(shop), Result("succeeded"))
    shop.clock.advance(seconds=31)
    outcomes = race(partial(call_back, shop, operation(shop)), shop.drive_provisioners, shop.drive_provisioners)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert shop.status_of(order)[0] == "completed"
    assert shop.facts_of(order).count("provisioning.succeeded") == 1


def test_a_callback_that_comes_before_the_answer_counts_once(shop):
    shop.partner.before_answering = lambda: call_back(shop, operation(shop))
    order = bought(shop)
    assert shop.facts_of(order).count("provisioning.succeeded") == 1
    assert shop.status_of(order)[0] == "completed"


def test_a_no_calls_the_order_off_and_everything_is_given_back(shop):
    shop.partner.refuses = {"13800138000"}
    order = bought(shop)
    assert shop.status_of(order)[0] == "cancelled"
    assert seen(shop, order)["close_reason"] == "provisioning_refused"
    assert shop.ended(order) == ["order.confirmed.v1", "order.cancelled.v1"]
    shop.hear_points(points.POINTS_REFUNDED, order, 500)
    assert shop.status_of(order)[1] == "refunded"


def test_what_another_partner_switched_on_is_switched_off_before_the_money_goes_back(shop):
    shop.partner.silent = {GAMES}
    order = bought(shop, CREDITS)
    assert sorted(states(shop, order)) == ["succeeded", "unknown"]
    shop.partner.silent = set()
    shop.partner.refuses = {"13800138000"}
    pass_time(shop)
    assert sorted(states(shop, order)) == ["failed", "reversed"]
    assert shop.status_of(order)[0] == "cancelled"


def test_what_a_partner_will_not_switch_off_keeps_the_order_for_somebody_to_look_at(shop):
    shop.partner.silent, shop.partner.keeps = {GAMES}, True
    order = bought(shop, CREDITS)
    shop.partner.silent, shop.partner.refuses = set(), {"13800138000"}
    pass_time(shop)
    assert shop.status_of(order)[0] == "confirmed"
    assert stuck(shop, order) == ("provision", "games: number unknown")
    shop.partner.refuses = set()
    unstick(shop, order, "ask")
    pass_time(shop)
    assert shop.status_of(order)[::2] == ("completed", "delivered")
    assert [name for name, _ in shop.partner.asked].count(TOPUP) == 1


def test_codes_are_out_so_that_a_no_waits_for_somebody(shop):
    shop.partner.refuses = {"13800138000"}
    order = bought(shop, CREDIT_BAG)
    assert stuck(shop, order) == ("provision", "topup: number unknown")
    assert shop.status_of(order)[0] == "confirmed"
    pass_time(shop, 3600)
    assert len(shop.partner.asked) == 1
    unstick(shop, order, "done")
    shop.hear(catalog.CODES_ISSUED, order, codes=[code_of(order)])
    assert shop.status_of(order)[::2] == ("completed", "delivered")


def code_of(order):
    [part] = [part for part in order["lines"][0]["parts"] if part["delivery"] == "code"]
    named = {"sku_id": CREDIT_BAG, "element_id": part["element_id"]}
    return {**named, "code": "AAAA", "valid_until": None}


def test_a_box_whose_parcel_can_be_kept_is_called_off_whole(shop):
    shop.partner.refuses = {"13800138000"}
    order = bought(shop, CREDIT_BOX)
    assert shop.status_of(order)[0] == "cancelled"


def test_a_box_whose_parcel_is_out_goes_on_and_waits_for_somebody_once(shop):
    handed_over = Refused(logistics.HANDED_OVER, "it is out")
    shop.rpc.answers[logistics.STOP_DISPATCH] = handed_over
    shop.partner.refuses = {"13800138000"}
    order = bought(shop, CREDIT_BOX)
    pass_time(shop)
    pass_time(shop)
    assert shop.status_of(order)[0] == "confirmed"
    assert stuck(shop, order) == ("provision", "topup: number unknown")
    assert shop.facts_of(order).count("order.cancelling") == 1
    shop.hear(logistics.SHIPMENT_DELIVERED, order, **parcel_data("box", "delivered", [1], shop.clock.now()))
    assert shop.status_of(order) == ("confirmed", "paid", "partial")


def test_a_partner_that_hangs_delays_its_own_part_alone(shop):
    shop.partner.silent = {TOPUP}
    order = bought(shop, CREDITS)
    assert sorted(states(shop, order)) == ["succeeded", "unknown"]
    shop.partner.silent = set()
    pass_time(shop)
    assert shop.status_of(order)[0] == "completed"


def test_a_paused_partner_is_offered_no_more_and_asked_nothing_new(shop):
    order = shop.place((CREDIT, 1))
    told = {"provisioner": TOPUP, "is_paused": True, "reason": "maintenance"}
    shop.works.run(pause_provisioner, told)
    captured(shop, order)
    pass_time(shop)
    refused(contract.PROVISIONER_PAUSED, shop.place, (CREDIT, 1))
    assert shop.partner.asked == []
    shop.clock.advance(seconds=1)
    shop.works.run(pause_provisioner, told | {"is_paused": False})
    pass_time(shop)
    assert shop.status_of(order)[0] == "completed"


def test_a_partner_that_contradicts_itself_is_on_record(shop):
    order = bought(shop)
    shop.partner.decide(operation(shop), Result("failed", problem="no"))
    assert call_back(shop, operation(shop)) == "ignored"
    assert "provisioning.contradicted" in shop.facts_of(order)
    assert states(shop, order) == ["succeeded"]


def test_who_asks_dies_and_the_next_one_asks_what_became_of_it(shop):
    def dies():
        raise KeyboardInterrupt

    shop.partner.before_answering = dies
    order = shop.place((CREDIT, 1))
    captured(shop, order)
    shop.clock.advance(seconds=2)
    with pytest.raises(KeyboardInterrupt):
        shop.drive_provisioners()
    assert states(shop, order) == ["requested"]
    pass_time(shop)
    assert shop.status_of(order)[0] == "completed"
    assert len(shop.partner.asked) == 1


def test_a_partner_nobody_knows_is_refused(shop, monkeypatch):
    monkeypatch.setitem(SWITCHED_ON, CREDIT, [{**SWITCHED_ON[CREDIT][0], "provisioner": "stranger"}])
    refused(contract.PROVISIONER_UNKNOWN, shop.place, (CREDIT, 1))


def test_the_audit_names_a_cancelled_order_of_which_something_is_still_switched_on(shop):
    shop.partner.refuses = {"13800138000"}
    order = bought(shop)
    with shop.engine.connect() as connection:
        connection.exec_driver_sql(
            "UPDATE provisioning SET state = 'succeeded' WHERE order_id = %s", (order["order_id"],)
        )
        question = QUESTIONS["ended_orders_leave_nothing_at_partners"]
        assert connection.exec_driver_sql(question).scalars().all() == [order["order_id"]]
        connection.rollback()
