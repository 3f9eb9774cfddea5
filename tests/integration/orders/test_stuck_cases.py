"""Cases that do not get on: named with their reason, and moved by hand."""

import json
from datetime import timedelta

import pytest

from services.catalog import contract as catalog
from services.catalog.contract import own_element
from services.chassis.bus.faults import RpcTimeout
from services.chassis.ids import derived_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.orders import contract
from services.orders.ops import main
from services.orders.usecases.aftersale.unstick_case import unstick_case
from services.orders.usecases.set_flow import set_step_policy
from services.points import contract as points
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.goods import BUNDLE, DATA_PACK, RICE, TOP_UP
from tests.support.old_databases import database_from

engine = database_of("orders", each="function")


@pytest.fixture
def shop(engine):
    shop = Desk(engine)
    yield shop
    assert shop.broken_invariants() == []


def move(shop, case, move, reason="looked at"):
    request = {"request_id": "req", "case_id": case["case_id"], "move": move, "reason": reason}
    return contract.MOVE_CASE.dump_reply(shop.works.run(unstick_case, contract.MOVE_CASE.load_request(request)))


def refused_with(code, act, *args):
    with pytest.raises(Refused) as refusal:
        act(*args)
    assert refusal.value.code == code


def in_vain(shop, minutes):
    """The jobs ask every half minute."""
    for _ in range(2 * minutes):
        shop.clock.advance(seconds=30)
        shop.run_jobs()


def stuck_cases(shop):
    return {case["case_id"]: case["problem"] for case in shop.desk(is_stuck=True)}


@pytest.fixture
def silent(shop):
    """A piece whose code catalog is asked to void, and does not answer."""
    shop.rpc.answers[catalog.VOID_CODES] = RpcTimeout("catalog.void_codes: no answer in 3.00 s")
    order = shop.sell((TOP_UP, 2))
    shop.issue(order, TOP_UP, own_element(TOP_UP), "A", "B")
    return order, shop.approve(shop.open(order, "refund", (1, [1])))


def is_answered(shop):
    shop.rpc.answers[catalog.VOID_CODES] = shop._void


def test_a_case_that_catalog_does_not_answer_is_stuck_after_a_quarter_of_an_hour(shop, silent):
    order, case = silent
    in_vain(shop, 14)
    assert stuck_cases(shop) == {}
    in_vain(shop, 2)
    assert stuck_cases(shop) == {case["case_id"]: "catalog.void_codes: no answer in 3.00 s"}
    assert shop.desk(is_stuck=True)[0]["tries"] > 25
    assert shop.facts_of(order).count("case.stuck") == 1
    assert {check["name"] for check in shop.broken_invariants()} == {"no_case_waits_forgotten"}
    is_answered(shop)
    in_vain(shop, 1)
    assert (shop.look(case)["status"], stuck_cases(shop), shop.voided) == ("closed", {}, {"A"})


def test_asked_anew_it_has_its_time_again(shop, silent):
    order, case = silent
    in_vain(shop, 16)
    moved = move(shop, case, "ask", "catalog is back")
    assert (moved["is_stuck"], moved["tries"], moved["problem"], stuck_cases(shop)) == (False, 0, None, {})
    assert "case.moved_by_hand.ask" in shop.facts_of(order)
    is_answered(shop)
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.back_of(order)) == ("closed", {"points": 1000})


def test_codes_that_somebody_has_seen_to_be_void_give_the_money_back(shop, silent):
    order, case = silent
    assert move(shop, case, "done")["status"] == "refunding"
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.back_of(order)) == ("closed", {"points": 1000})
    refused_with(contract.CASE_NOT_THERE, move, shop, case, "done")


def test_codes_that_stay_good_give_nothing_back_and_a_late_answer_changes_nothing(shop, silent):
    order, case = silent

    def is_rejected_meanwhile(request):
        move(shop, case, "reject", "they are good")
        return shop._void(request)

    shop.rpc.answers[catalog.VOID_CODES] = is_rejected_meanwhile
    shop.run_jobs()
    seen = shop.look(case)
    assert (seen["status"], seen["decided_because"], shop.back_of(order)) == ("rejected", "they are good", {})
    assert [told["decision"] for told in shop.told(case, contract.CASE_DECIDED)] == ["approved", "rejected"]


def test_codes_that_never_come_are_the_reason_and_nobody_gets_them_and_the_money(shop):
    order = shop.sell((BUNDLE, 1))
    case = shop.approve(shop.open(order, "refund", (1, [1])))
    in_vain(shop, 16)
    assert stuck_cases(shop) == {case["case_id"]: "its codes are still to come"}
    refused_with(contract.CASE_NOT_THERE, move, shop, case, "done")
    shop.issue(order, BUNDLE, DATA_PACK, "A", "B")
    in_vain(shop, 1)
    assert shop.look(case)["status"] == "closed"


def test_goods_that_cannot_be_sent_again_are_paid_back_by_hand(shop):
    order = shop.deliver((RICE, 1))
    case = shop.bring_back(order, "exchange", (1, [1]))
    shop.rpc.answers[catalog.RESERVE_STOCK] = RpcTimeout("silent")
    shop.receive_goods(case)
    in_vain(shop, 16)
    assert stuck_cases(shop) == {case["case_id"]: "silent"}
    move(shop, case, "refund", "nobody makes it any more")
    shop.run_jobs()
    assert (shop.look(case)["status"], shop.back_of(order)) == ("closed", {"points": 300})


def test_points_that_are_refused_are_stuck_at_once(shop):
    order = shop.deliver((RICE, 1))
    gives, shop.rpc.answers[points.REFUND_POINTS] = shop._give_back, Refused(points.REFUND_TOO_LARGE, "too much")
    case = shop.approve(shop.open(order, "refund", (1, [1])))
    shop.run_jobs()
    assert stuck_cases(shop) == {case["case_id"]: points.REFUND_TOO_LARGE}
    for by_hand in ("done", "reject", "refund"):
        refused_with(contract.CASE_NOT_THERE, move, shop, case, by_hand)
    shop.rpc.answers[points.REFUND_POINTS] = gives
    move(shop, case, "ask")
    shop.run_jobs()
    assert shop.look(case)["status"] == "closed"


def test_operators_say_when_a_case_is_stuck(shop, silent):
    times = {"ask_after_s": None, "ask_every_s": 60, "ask_longest_s": 60, "stuck_after_s": 120}
    wish = {"step": "void_codes", **times, "back_off": 1}
    shop.works.run(set_step_policy, {**wish, "effective_from": None, "reason": "hurry"})
    _, case = silent
    move(shop, case, "ask")
    in_vain(shop, 3)
    assert list(stuck_cases(shop)) == [case["case_id"]]
    move(shop, case, "reject")


def test_what_operators_type(shop, silent, engine, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_ORDERS", engine.url.render_as_string(hide_password=False))
    _, case = silent
    assert main(["case", "stuck", "--json"]) == 0
    in_vain(shop, 16)
    capsys.readouterr()
    assert main(["case", "stuck", "--json"]) == 1
    [found] = json.loads(capsys.readouterr().out)
    assert (found["case_id"], found["problem"][:18]) == (case["case_id"], "catalog.void_codes")
    assert main(["case", "unstick", case["case_id"], "done", "--because", "seen at the counter", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["status"] == "refunding"
    assert main(["case", "unstick", case["case_id"], "done", "--because", "again"]) == 1
    assert contract.CASE_NOT_THERE in capsys.readouterr().err
    with shop.engine.connect() as connection:
        wanted = "SELECT actor, details ->> 'reason' FROM order_fact WHERE what = 'case.moved_by_hand.done'"
        [(actor, reason)] = connection.exec_driver_sql(wanted).all()
    assert (actor[:4], reason) == ("ops:", "seen at the counter")
    shop.clock.instant = shop.works.clock.now()
    shop.run_jobs()


CASE, OLD = derived_id("cas", "old"), derived_id("ord", "old")
OF_BEFORE = f"""
INSERT INTO orders (order_id, purchase_id, member_id, channel, language, status, payment_status, fulfilment_status,
                    version, points, coins, cash_fen, placed_at, confirmed_at, lane, variant, plan)
VALUES ('{OLD}', 'pur_old', 'mbr', 'web', 'zh', 'confirmed', 'paid', 'none', 1, 0, 0, 0, '2026-02-02T04:00:00Z',
        '2026-02-02T04:00:00Z', 'inside', '', '[]');
INSERT INTO after_sale_case (case_id, order_id, member_id, merchant_id, kind, status, reason, opened_by, opened_at,
                             due_at, problem, ended_at, version)
VALUES ('{CASE}', '{OLD}', 'mbr', 'mer', 'refund', 'voiding', 'faulty', 'mbr', now(), now(), NULL, NULL, 1),
       ('refused', '{OLD}', 'mbr', 'mer', 'refund', 'refunding', 'faulty', 'mbr', now(), now(), 'too much', NULL, 1),
       ('over', '{OLD}', 'mbr', 'mer', 'refund', 'closed', 'faulty', 'mbr', now(), NULL, NULL, now(), 1);
"""  # noqa: S608 — constants of this file


def test_cases_of_before_get_their_time():
    with database_from("orders", "0024", OF_BEFORE) as engine, engine.connect() as connection:
        wanted = "SELECT case_id, is_stuck, stuck_at - due_at FROM after_sale_case ORDER BY status DESC"
        found = [tuple(row) for row in connection.exec_driver_sql(wanted)]
    assert [row[:2] for row in found] == [(CASE, False), ("refused", True), ("over", False)]
    assert [row[2] is None for row in found] == [False, False, True]
    assert timedelta(minutes=15) <= found[0][2] < timedelta(minutes=30)
