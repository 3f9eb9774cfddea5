"""What operators type about cases after the sale."""

import json

import pytest

from services.chassis.testkit import database_of
from services.orders import contract
from services.orders.ops import main
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.goods import ADDRESS, RICE

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Desk(engine)


@pytest.fixture
def operate(engine, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_ORDERS", engine.url.render_as_string(hide_password=False))

    def typed(*words):
        code = main(["case", *words, "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else said.err

    return typed


def test_a_return_from_the_list_to_the_verdict(shop, operate):
    order = shop.deliver((RICE, 2))
    case = shop.open(order, "return", (1, [1, 2]))
    _, found = operate("list", "--status", "requested", "--merchant", case["merchant_id"])
    assert case["case_id"] in [one["case_id"] for one in found]
    assert operate("approve", case["case_id"], "--because", "agreed")[1]["status"] == "awaiting_return"
    shop.send_back(case)
    told = ("--accept", "1.1", "--refuse", "1.2", "--because", "one is used")
    code, received = operate("receive", case["case_id"], *told)
    assert (code, received["status"], received["points"]) == (0, "refunding", 300)
    code, problem = operate("receive", case["case_id"], *told)
    assert (code, contract.CASE_NOT_THERE in problem) == (1, True)


def decided_by(shop, case):
    """As staff sees it."""
    [found] = [one for one in shop.desk() if one["case_id"] == case["case_id"]]
    return found["decided_by"]


def test_single_pieces_are_called_off_for_a_member(shop, operate):
    order = shop.sell((RICE, 3))
    told = (order["order_id"], "--pieces", "1.1", "1.3", "--because", "he rang up")
    code, opened = operate("cancel-pieces", *told)
    [case] = shop.cases(order_id=order["order_id"])
    assert (code, opened["kind"], opened["status"]) == (0, "cancel_part", "withholding")
    assert (case["case_id"], [unit["unit_no"] for unit in case["units"]]) == (opened["case_id"], [1, 3])
    assert (decided_by(shop, case)[:4], case["note"]) == ("ops:", "he rang up")
    code, problem = operate("cancel-pieces", *told)
    assert (code, contract.CASE_UNITS_TAKEN in problem) == (1, True)


def test_a_dispute_is_decided(shop, operate):
    case = shop.reject(shop.open(shop.deliver((RICE, 1)), "refund", (1, [1])))
    shop.dispute(case)
    assert operate("decide", case["case_id"], "--right", "member", "--because", "the film")[1]["points"] == 300
    assert (decided_by(shop, case)[:4], shop.look(case)["decided_by"]) == ("ops:", "mall")


def test_terms_of_one_merchant_change_and_the_rest_stays(shop, operate, tmp_path):
    order = shop.deliver((RICE, 2))
    case = shop.open(order, "return", (1, [1]))
    address = tmp_path / "address.json"
    address.write_text(json.dumps(ADDRESS), encoding="utf-8")
    _, terms = operate(
        "set-terms", "--merchant", case["merchant_id"], "--send-back-days", "3", "--auto-approve-hours", "-1",
        "--return-address", str(address), "--because", "their own warehouse",
    )  # fmt: skip
    assert (terms["return_days"], terms["send_back_days"], terms["auto_approve_hours"]) == (7, 3, None)
    assert operate("set-terms", "--return-days", "366", "--because", "for ever")[0] == 1


def test_a_reason_is_offered_and_taken_back(shop, operate):
    order = shop.deliver((RICE, 1))
    names = ("--name-zh", "过敏", "--name-en", "Allergy", "--because", "asked for")
    assert operate("set-reason", "allergy", "--kinds", "refund", *names)[0] == 0
    shop.clock.instant = shop.works.clock.now()
    with shop.engine.connect() as connection:
        kinds = connection.exec_driver_sql("SELECT kinds FROM after_sale_reason WHERE reason = 'allergy'").scalar_one()
    assert kinds == ["refund"]
    assert shop.status_of(order)[0] == "confirmed"
