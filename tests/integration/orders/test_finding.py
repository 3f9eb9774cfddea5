"""Orders found: a member's own, and everybody's by people of operations."""

import json

import pytest

from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.ops import main
from services.orders.usecases.find_orders import find_orders
from services.orders.usecases.order_record import get_order_record
from services.orders.usecases.unstick_order import replay_order, unstick_order
from tests.integration.orders.goods import PHONE, RICE, TOP_UP
from tests.integration.orders.kit import Shop, parcel_data

engine = database_of("orders")


@pytest.fixture
def shop(engine, monkeypatch):
    monkeypatch.setenv("MALL_DATABASE_URL_ORDERS", engine.url.render_as_string(hide_password=False))
    return Shop(engine)


def page(shop, query, **wanted):
    request = query.load_request({"limit": 10, **wanted})
    answer = query.dump_reply(shop.works.run(find_orders, request))
    query.reply().load(answer)
    return answer


def own(shop, **wanted):
    return [
        order["order_id"] for order in page(shop, contract.LIST_ORDERS, member_id=shop.member_id, **wanted)["orders"]
    ]


def found(shop, **wanted):
    return [order["order_id"] for order in page(shop, contract.FIND_ORDERS, **wanted)["orders"]]


def test_pages_show_every_order_once_while_others_come_in(shop):
    placed = []
    for _ in range(7):
        placed.append(shop.place((RICE, 1))["order_id"])
        shop.clock.advance(seconds=1)
    seen, cursor = [], None
    while True:
        answer = page(shop, contract.LIST_ORDERS, member_id=shop.member_id, limit=3, cursor=cursor)
        seen += [order["order_id"] for order in answer["orders"]]
        shop.place((RICE, 1))
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert seen == placed[::-1]


def test_false_cursors_are_refused(shop):
    for cursor in ("x", "Zm9v", "MjAyNiBvcmQ=", "é"):
        with pytest.raises(Refused, match=contract.CURSOR_INVALID):
            own(shop, cursor=cursor)


def test_a_member_finds_by_status_time_and_names_of_goods(shop):
    first = shop.place((RICE, 1))["order_id"]
    noon = shop.clock.now()
    shop.clock.advance(days=1)
    unpaid = shop.place((PHONE, 1))["order_id"]
    Shop(shop.engine, clock=shop.clock).place((RICE, 1))  # somebody else's

    assert own(shop) == [unpaid, first]
    assert own(shop, status="awaiting_payment") == [unpaid]
    assert own(shop, payment_status="partial") == []
    assert own(shop, fulfilment_status="none") == [unpaid, first]
    day_after = shop.clock.now().isoformat()
    assert own(shop, placed_from=noon.isoformat(), placed_before=day_after) == [first]
    assert own(shop, placed_from=day_after) == [unpaid]
    assert own(shop, words="商") == own(shop, words="gOODs") == [unpaid, first]
    assert own(shop, words="%") == own(shop, words="_") == own(shop, words="大米") == []


def test_operations_find_by_what_people_ring_up_with(shop):
    order = shop.place((PHONE, 1))
    trade_no = shop.pay(order)["trade_no"]
    other = Shop(shop.engine, clock=shop.clock).place((TOP_UP, 1))
    waybill = new_id("shp")[4:24]
    shop.hear(logistics.SHIPMENT_DISPATCHED, order, **parcel_data(waybill, "dispatched", [1], shop.clock.now()))

    this = [order["order_id"]]
    assert found(shop, waybill_no=f"SF{waybill}") == this
    assert found(shop, trade_no=trade_no) == this
    assert found(shop, member_id=shop.member_id) == this
    assert found(shop, sku_id=TOP_UP)[0] == other["order_id"]
    assert set(this) < set(found(shop, merchant_id=order["lines"][0]["merchant_id"], limit=100))
    assert found(shop, merchant_id=new_id("mer")) == found(shop, trade_no="another") == []


def test_stuck_orders_are_found_and_moved(shop):
    order = shop.place((RICE, 1))
    shop.rpc.answers.clear()  # points is away
    while not shop.row_of(order).stuck_step:
        shop.clock.advance(seconds=120)
        shop.drive_inside()
    assert order["order_id"] in found(shop, is_stuck=True, member_id=shop.member_id)
    assert found(shop, is_stuck=False, member_id=shop.member_id) == []

    asked = {"request_id": new_id("req"), "order_id": order["order_id"], "move": "ask", "reason": "points is back"}
    request = contract.MOVE_ORDER.load_request(asked)
    answers = [shop.works.once(contract.MOVE_ORDER, unstick_order, request) for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["stuck_step"] is None
    assert shop.facts_of(order).count("order.moved_by_hand.ask") == 1


def test_the_record_is_whole_whoever_asks(shop):
    order = shop.place((PHONE, 1))
    shop.pay(order)
    with shop.works.begin() as work:
        record = contract.GET_ORDER_RECORD.dump_reply(get_order_record(work, order))
    contract.GET_ORDER_RECORD.reply().load(record)
    assert [entry["what"] for entry in record["timeline"]] == ["order.placed", "payment.captured", "order.confirmed"]
    assert [(t["kind"], t["due"], t["captured"]) for t in record["tenders"]] == [
        ("points", 500, 0),
        ("cash", 9900, 9900),
    ]
    assert [step["step"] for step in record["steps"] if step["state"] == "doing"]
    with pytest.raises(Refused, match=contract.ORDER_UNKNOWN), shop.works.begin() as work:
        get_order_record(work, {"order_id": new_id("ord")})


def test_telling_again_names_what_was_told(shop):
    order = shop.place((TOP_UP, 1))
    request = {"request_id": new_id("req"), "order_id": order["order_id"], "reason": "a queue was lost"}
    answer = shop.works.once(contract.REPLAY_ORDER, replay_order, contract.REPLAY_ORDER.load_request(request))
    assert answer == {"order_id": order["order_id"], "told": [contract.ORDER_CONFIRMED.type]}


def test_at_the_command_line(shop, capsys):
    order = shop.place((RICE, 1))
    assert main(["find", "--member", shop.member_id, "--json"]) == 0
    assert [o["order_id"] for o in json.loads(capsys.readouterr().out)["orders"]] == [order["order_id"]]
    assert main(["find", "--member", shop.member_id, "--status", "confirmed"]) == 0
    assert order["order_id"] in capsys.readouterr().out
    assert main(["find", "--member", shop.member_id, "--status", "closed"]) == 0
    assert capsys.readouterr().out == "no such order\n"
    assert main(["find", "--status", "lost"]) == 1
    assert "status" in capsys.readouterr().err
