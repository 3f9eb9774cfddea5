"""Orders that do not get on: seen, asked about by themselves, moved by hand, and told again."""

import json

import pytest

from services.chassis.bus.faults import RpcTimeout
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.ops import main
from services.orders.usecases.unstick_order import MOVES, unstick_order
from services.points import contract as points
from tests.integration.orders.goods import PHONE, RICE, TOP_UP
from tests.integration.orders.kit import Shop, parcel_data

engine = database_of("orders")
HOLDS = ["hold_goods", "hold_points", "hold_coins"]
BECAUSE = ("--because", "the carrier rang")


@pytest.fixture
def shop(engine, monkeypatch):
    monkeypatch.setenv("MALL_DATABASE_URL_ORDERS", engine.url.render_as_string(hide_password=False))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE orders SET stuck_step = NULL, due_at = NULL")
    return Shop(engine)


def flow_with(**changed):
    """A lawful flow but for what is ``changed``."""
    holds: dict[str, list[str]] = {step: [] for step in HOLDS}
    after = {"take_cash": HOLDS, "confirm": ["take_cash"], "settle_points": ["confirm"]}
    steps = {**holds, **after, "settle_coins": ["confirm"], "carry": ["confirm"], **changed}
    return [{"step": step, "after": before} for step, before in steps.items()]


def asked(capsys, *words):
    capsys.readouterr()
    code = main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def states_of(shop, order):
    return {step["step"]: step["state"] for step in shop.row_of(order).plan}


def test_points_that_nobody_told_us_of_are_asked_for(shop):
    order = shop.place((TOP_UP, 1))
    assert not shop.drive_inside()
    shop.clock.advance(seconds=120)
    assert shop.drive_inside()
    assert shop.status_of(order)[1] == "paid"
    assert len(shop.rpc.requests_of(points.CAPTURE_HOLD)) == 1
    shop.hear_points(points.HOLD_CAPTURED, order, shop.row_of(order).points)
    assert shop.facts_of(order) == ["order.placed", "order.confirmed", "points.hold_captured"]


@pytest.mark.parametrize("answer", [RpcTimeout("silent"), Refused(points.HOLD_NOT_OPEN, "too late")])
def test_points_that_are_never_captured_are_stuck_until_somebody_asks_again(shop, capsys, answer):
    working = shop.rpc.answers[points.CAPTURE_HOLD]
    order = shop.place((RICE, 1))
    shop.rpc.answers[points.CAPTURE_HOLD] = answer
    for _ in range(15):
        assert shop.row_of(order).stuck_step is None
        shop.clock.advance(seconds=120)
        shop.drive_inside()
    assert shop.facts_of(order)[-1] == "order.stuck"
    code, [found] = asked(capsys, "stuck")
    assert (code, found["order_id"], found["step"]) == (1, order["order_id"], "settle_points")

    shop.rpc.answers[points.CAPTURE_HOLD] = working
    with shop.works.begin() as work:
        asked_again = {"order_id": order["order_id"], "move": "ask", "step": None, "reason": "points is back"}
        unstick_order(work, asked_again)
    assert shop.facts_of(order)[-1] == "order.moved_by_hand.ask"
    assert shop.drive_inside()
    assert shop.row_of(order).stuck_step is None
    assert states_of(shop, order)["settle_points"] == "done"
    capsys.readouterr()
    assert asked(capsys, "stuck") == (0, [])


def test_a_step_that_somebody_saw_to_counts_as_done(shop, capsys):
    order = shop.place((RICE, 1))
    shop.hear_points(points.HOLD_CAPTURED, order, 300)
    assert main(["unstick", order["order_id"], "done", "--step", "carry", *BECAUSE]) == 0
    assert states_of(shop, order) | {"carry": "done", "receive": "doing"} == states_of(shop, order)
    assert main(["unstick", order["order_id"], "done", "--step", "carry", *BECAUSE]) == 1
    told = capsys.readouterr().err
    assert "order.step_not_open" in told
    assert "receive" in told


@pytest.mark.parametrize(("goods", "step"), [(PHONE, "take_cash"), (RICE, "settle_points")])
def test_nobody_says_that_an_order_is_paid(shop, capsys, goods, step):
    order = shop.place((goods, 1))
    before = shop.row_of(order)
    assert main(["unstick", order["order_id"], "done", "--step", step, *BECAUSE]) == 1
    assert "not done by saying so" in capsys.readouterr().err
    assert shop.row_of(order) == before


def test_an_order_that_logistics_never_answers_for_is_called_off_by_hand(shop):
    order = shop.place((RICE, 1))
    shop.rpc.answers[logistics.STOP_DISPATCH] = RpcTimeout("silent")
    assert main(["unstick", order["order_id"], "call-off", *BECAUSE]) == 0
    assert shop.status_of(order)[0] == "cancelling"
    assert main(["unstick", order["order_id"], "done", "--step", "carry", *BECAUSE]) == 0
    assert shop.status_of(order)[0] == "cancelled"
    assert shop.row_of(order).close_reason == contract.CALLED_OFF_BY_MALL
    assert main(["unstick", order["order_id"], "call-off", *BECAUSE]) == 1


def test_telling_again_is_the_same_event(shop, capsys):
    order = shop.place((TOP_UP, 1))
    code, answer = asked(capsys, "replay", order["order_id"], *BECAUSE)
    assert (code, answer["told"]) == (0, [contract.ORDER_CONFIRMED.type])
    first, second = shop.events_of(order, contract.ORDER_CONFIRMED)
    assert first["id"] == second["id"]
    assert first["data"] == second["data"]
    unpaid = shop.place((PHONE, 1))
    assert asked(capsys, "replay", unpaid["order_id"], *BECAUSE)[1]["told"] == []


def test_an_order_that_breaks_does_not_hold_up_the_others_and_comes_back(shop):
    broken, other = shop.place((TOP_UP, 1)), shop.place((RICE, 1))
    with shop.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE orders SET plan = '[{}]' WHERE order_id = %s", (broken["order_id"],))
    shop.clock.advance(seconds=120)
    assert shop.drive_inside()
    assert shop.status_of(other)[1] == "paid"
    assert not shop.drive_inside()
    shop.clock.advance(seconds=60)
    assert shop.drive_inside()


def test_a_flow_with_a_step_less_counts_for_orders_placed_from_then_on(shop, tmp_path, capsys):
    steps = [step for step in shop.row_of(shop.place((RICE, 1))).plan if step["step"] != "receive"]
    file = tmp_path / "flow.json"
    file.write_text(json.dumps([{"step": step["step"], "after": step["after"]} for step in steps]))
    said = ("--from", "2099-01-01T00:00:00+08:00", "--because", "what is signed for is received")
    assert main(["flow", "set", "parcel", str(file), *said]) == 0
    assert "receive" in states_of(shop, shop.place((RICE, 1)))
    shop.clock.advance(days=27_000)
    after = shop.place((RICE, 1))
    assert "receive" not in states_of(shop, after)
    shop.hear_points(points.HOLD_CAPTURED, after, 300)
    signed = parcel_data("signed", "delivered", [1], shop.clock.now())
    shop.hear(logistics.SHIPMENT_DELIVERED, after, **signed, signed_by="王芳")
    assert shop.status_of(after)[0] == "completed"
    capsys.readouterr()
    _, known = asked(capsys, "flow", "list")
    plain = [flow["reason"] for flow in known["flows"] if (flow["delivery"], flow["variant"]) == ("parcel", "")]
    assert plain[-1] == said[3]


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ([{"step": "fly", "after": []}], "unknown steps: fly"),
        ([{"step": "carry", "after": []}], "every step once, and among them hold_goods"),
        (
            flow_with(take_cash=["confirm"], confirm=["hold_goods", "hold_points", "hold_coins"]),
            "take_cash comes before confirm",
        ),
        (flow_with(carry=[], confirm=["take_cash", "carry"]), "carry comes after confirm"),
        (flow_with(carry=["receive"], receive=["carry"]), "wait for each other: carry, receive"),
        ({"confirm": []}, "steps are a list"),
    ],
)
def test_flows_that_no_order_could_follow_are_refused(shop, tmp_path, capsys, steps, wrong):
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(steps))
    assert main(["flow", "set", "parcel", str(file), "--because", "trial"]) == 1
    assert wrong in capsys.readouterr().err


def test_a_flow_of_a_variant_that_there_is_not_is_refused(shop, tmp_path, capsys):
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(flow_with(take_cash=[*HOLDS, "approve"], approve=HOLDS)))
    for name, code in (("bulky", 1), ("bulk", 0)):
        said = ("--variant", name, "--from", "2099-01-01T00:00:00+08:00", "--because", "trial")
        assert (name, main(["flow", "set", "parcel", str(file), *said])) == (name, code)
    assert "variant is one of bulk, presale, on_delivery, pick_up, or not said" in capsys.readouterr().err


def test_the_help_says_what_each_move_means(capsys):
    assert main(["unstick", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert [move for move in MOVES if f"{move.replace('_', '-')}: " not in told] == []


def test_a_flow_at_odds_with_one_to_come_is_refused(shop, tmp_path, capsys):
    later = ("--from", "2098-01-01T00:00:00+08:00", "--because", "trial")
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(flow_with(carry=["issue_codes"], issue_codes=["confirm"])))
    assert main(["flow", "set", "parcel", str(file), *later]) == 0
    file.write_text(json.dumps(flow_with(issue_codes=["carry"])))
    assert main(["flow", "set", "code", str(file), "--because", "trial"]) == 1
    assert "wait for each other: carry, issue_codes" in capsys.readouterr().err


def test_a_policy_counts_for_steps_begun_from_then_on(shop, capsys):
    said = ("--ask-after-s", "30", "--ask-every-s", "30", "--because", "points answer fast now")
    assert main(["flow", "set-policy", "settle_points", *said]) == 0
    assert main(["flow", "set-policy", "settle_points", "--ask-every-s", "5", "--because", "too eager"]) == 1
    assert "ask_every_s is 30 to 86400 seconds" in capsys.readouterr().err
    shop.clock.advance(days=300)
    shop.place((TOP_UP, 1))
    shop.clock.advance(seconds=30)
    shop.drive_inside()
    assert len(shop.rpc.requests_of(points.CAPTURE_HOLD)) == 1
