"""What a member reads of the history of an order: what happened, not who of ours did it nor what they said to it."""

import json

import pytest

from services.chassis.testkit import database_of
from services.orders import contract
from services.orders.ops import main
from services.orders.usecases.look_up_orders import get_timeline
from services.orders.usecases.order_record import get_order_record
from services.points import contract as points
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.goods import PAPER, PHONE, RICE
from tests.integration.orders.kit import Shop

engine = database_of("orders")
SAID = "the carrier rang, he is a known grumbler"


@pytest.fixture
def shop(engine, monkeypatch):
    monkeypatch.setenv("MALL_DATABASE_URL_ORDERS", engine.url.render_as_string(hide_password=False))
    return Shop(engine)


def told(shop, order):
    reply = contract.GET_TIMELINE.dump_reply(shop.works.run(get_timeline, shop.of(order)))
    return reply["entries"]


def facts(shop, order):
    """As staff reads them."""
    return shop.works.run(get_order_record, {"order_id": order["order_id"]})["timeline"]


def record(capsys, order):
    capsys.readouterr()
    assert main(["show", order["order_id"], "--json"]) == 0
    return capsys.readouterr().out


def test_a_member_reads_neither_who_moved_an_order_by_hand_nor_why(shop, capsys):
    order = shop.place((RICE, 1))
    assert main(["replay", order["order_id"], "--because", SAID]) == 0
    assert main(["unstick", order["order_id"], "call-off", "--because", SAID]) == 0
    entries = told(shop, order)
    assert [entry["what"] for entry in entries] == ["order.placed", "order.confirmed", "order.cancelling"]
    assert entries[-1]["details"] == {"reason": contract.CALLED_OFF_BY_MALL}
    assert {entry["actor"] for entry in entries} == {"mall"}
    assert SAID not in json.dumps(entries)
    assert SAID in record(capsys, order)


def test_an_order_called_off_by_hand_does_not_carry_the_words_of_staff(shop):
    order = shop.place((RICE, 1))
    assert main(["unstick", order["order_id"], "call-off", "--because", "x" * 200]) == 0
    assert shop.row_of(order).close_reason == contract.CALLED_OFF_BY_MALL


def test_all_pieces_that_staff_calls_off_are_an_order_called_off_by_the_mall(engine):
    desk = Desk(engine)
    order = desk.sell((RICE, 2))
    desk.cancel_pieces(order, (1, [1, 2]), member_id=None, reason=SAID)
    assert desk.row_of(order).close_reason == contract.CALLED_OFF_BY_MALL
    seen = [told(desk, order), desk.cases()]
    assert (SAID in str(seen), SAID in str(facts(desk, order))) == (False, True)


def test_what_staff_says_to_a_bulk_order_stays_with_staff(shop, capsys):
    order = shop.place((PAPER, 200))
    shop.refuse(order, by="staff:zhao", reason=SAID)
    entries = told(shop, order)
    assert ["order.refused", {}] in [[entry["what"], entry["details"]] for entry in entries]
    kept = ("staff:zhao", SAID)
    assert not [word for word in kept if word in json.dumps(entries, ensure_ascii=False)]
    shown = record(capsys, order)
    assert [word for word in kept if word in shown] == [*kept]


def test_a_member_reads_what_they_did_and_what_was_paid(shop):
    order = shop.place((PHONE, 1))
    shop.pay(order)
    entries = {entry["what"]: entry for entry in told(shop, order)}
    assert entries["order.placed"]["details"] | {"channel": "web"} == entries["order.placed"]["details"]
    assert entries["payment.captured"]["details"]["amount_fen"] == shop.row_of(order).cash_fen


@pytest.mark.parametrize("is_event_first", [False, True])
def test_points_that_a_case_gives_back_are_told_of_once_whoever_tells_it_first(engine, is_event_first):
    desk = Desk(engine)
    order = desk.deliver((RICE, 2))
    case = desk.approve(desk.open(order, "refund", (1, [1])))
    given_back = {"unit": points.POINTS, "points": 300, "available": 0, "operation": f"{case['case_id']}:2:points"}
    tellers = [desk.run_jobs, lambda: desk.hear(points.POINTS_REFUNDED, order, **given_back)]
    for tell in reversed(tellers) if is_event_first else tellers:
        tell()
    back = [entry["details"] for entry in told(desk, order) if entry["what"] == "points.refunded"]
    assert (desk.back_of(order), back) == ({"points": 300}, [{"points": 300, "unit": points.POINTS}])


def test_a_case_names_nobody_of_staff_to_its_member_and_says_why(engine):
    desk = Desk(engine)
    case = desk.open(desk.deliver((RICE, 2)), "refund", (1, [1]))
    rejected = desk.reject(case)
    disputed = desk.dispute(case)
    for seen in (desk.look(case), desk.cases()[0], disputed):
        assert (seen["decided_by"], seen["decided_because"]) == ("mall", "not faulty at all")
    [found] = [one for one in desk.desk() if one["case_id"] == case["case_id"]]
    assert found["decided_by"] == rejected["decided_by"] != "mall"
