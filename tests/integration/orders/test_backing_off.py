"""Who does not answer is asked ever less often, as operators say: about steps of orders, cases and refunds."""

import json

import pytest

from services.catalog import contract as catalog
from services.catalog.contract import own_element
from services.chassis.bus.faults import RpcTimeout
from services.chassis.clock import FixedClock
from services.chassis.testkit import database_of, works_on
from services.orders import contract
from services.orders.ops import main
from services.orders.storage.flows import PoliciesInForce
from services.orders.usecases.aftersale.unstick_case import unstick_case
from services.orders.usecases.set_flow import set_step_policy
from services.points import contract as points
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.goods import PHONE, TOP_UP
from tests.integration.orders.kit import NOON
from tests.support.old_databases import database_from

engine = database_of("orders", each="function")
SET = ("flow", "set-policy")
FOR_A_TRIAL = ("--because", "trial")


@pytest.fixture
def shop(engine, monkeypatch):
    monkeypatch.setenv("MALL_DATABASE_URL_ORDERS", engine.url.render_as_string(hide_password=False))
    return Desk(engine)


def waits(shop, due_at, times):
    """Seconds from one try to the next, each made as soon as it is due."""
    found = []
    for _ in range(times):
        shop.run_jobs()
        found.append((due_at() - shop.clock.now()).total_seconds())
        shop.clock.advance(seconds=found[-1])
    return found


def set_policy(shop, step, **times):
    never = {"ask_after_s": None, "stuck_after_s": None}
    shop.works.run(set_step_policy, {"step": step, **never, **times, "effective_from": None, "reason": "trial"})


def read(shop, statement):
    with shop.engine.connect() as connection:
        return connection.exec_driver_sql(statement).scalar_one()


def refund_due_at(shop):
    return lambda: read(shop, "SELECT due_at FROM refund WHERE status = 'open'")


@pytest.fixture
def refunding(shop):
    """An order whose cash the provider is to give back."""
    order = shop.place((PHONE, 1))
    shop.notify(shop.pay(order))
    shop.cancel(order)
    return order


def test_of_a_refund_whose_outcome_is_unknown_a_provider_is_asked_ever_less_often(shop, refunding):
    shop.provider.is_silent = True
    assert waits(shop, refund_due_at(shop), 9) == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    shop.provider.is_silent = False
    shop.run_jobs()
    assert (shop.status_of(refunding)[1], shop.provider.refund_calls) == ("refunded", 1)


def test_operators_say_how_often_it_is_asked_for_a_refund(shop, refunding):
    set_policy(shop, "refund", ask_every_s=40, back_off=1.5, ask_longest_s=100)
    shop.provider.is_silent = True
    assert waits(shop, refund_due_at(shop), 4) == [40, 60, 90, 100]
    shop.provider.is_silent, shop.provider.refuses_refunds = False, "ACQ.SELLER_BALANCE_NOT_ENOUGH"
    assert waits(shop, refund_due_at(shop), 2) == [100, 100]  # what was refused will not be otherwise soon


def test_a_step_of_an_order_backs_off(shop):
    set_policy(shop, "settle_points", ask_after_s=30, ask_every_s=60, back_off=2, ask_longest_s=200)
    shop.rpc.answers[points.CAPTURE_HOLD] = RpcTimeout("silent")
    order = shop.place((TOP_UP, 1))
    shop.clock.advance(seconds=30)
    assert waits(shop, lambda: shop.row_of(order).due_at, 4) == [60, 120, 200, 200]


def test_a_case_backs_off_and_begins_anew_when_somebody_has_looked_at_it(shop):
    set_policy(shop, "void_codes", ask_every_s=30, back_off=3, ask_longest_s=600)
    shop.rpc.answers[catalog.VOID_CODES] = RpcTimeout("silent")
    order = shop.sell((TOP_UP, 1))
    shop.issue(order, TOP_UP, own_element(TOP_UP), "A")
    case = shop.approve(shop.open(order, "refund", (1, [1])))
    due_at = lambda: read(shop, "SELECT due_at FROM after_sale_case")  # noqa: E731
    assert waits(shop, due_at, 5) == [30, 90, 270, 600, 600]
    request = {"request_id": "req", "case_id": case["case_id"], "move": "ask", "reason": "looked at"}
    shop.works.run(unstick_case, contract.MOVE_CASE.load_request(request))
    assert waits(shop, due_at, 2) == [30, 90]


@pytest.mark.parametrize(
    ("step", "words", "problem"),
    [
        ("carry", ["--back-off", "0.9"], "back_off is 1 to 10, with two decimals at most"),
        ("carry", ["--back-off", "10.01"], "back_off is 1 to 10, with two decimals at most"),
        ("carry", ["--back-off", "1.005"], "back_off is 1 to 10, with two decimals at most"),
        ("carry", ["--back-off", "nan"], "back_off is 1 to 10, with two decimals at most"),
        ("carry", ["--ask-longest-s", "59"], "ask_longest_s is not less than ask_every_s"),
        ("carry", ["--ask-longest-s", "86401"], "ask_longest_s is 30 to 86400 seconds"),
        ("refund", ["--ask-after-s", "60"], "a refund is asked for at once"),
        ("refund", ["--stuck-after-s", "60"], "a refund is asked for at once"),
    ],
)
def test_what_makes_no_sense_is_refused(shop, capsys, step, words, problem):
    assert main([*SET, step, "--ask-every-s", "60", *words, *FOR_A_TRIAL]) == 1
    assert problem in capsys.readouterr().err


def test_what_was_set_is_kept_with_who_set_it_and_why(shop, capsys):
    words = ("--ask-every-s", "60", "--back-off", "1.25", "--ask-longest-s", "900")
    assert main([*SET, "carry", *words, "--because", "the carriers asked for it"]) == 0
    capsys.readouterr()
    assert main(["flow", "list", "--json"]) == 0
    [*_, newest] = [row for row in json.loads(capsys.readouterr().out)["policies"] if row["step"] == "carry"]
    assert (newest["back_off"], newest["ask_longest_s"], newest["reason"]) == ("1.25", 900, "the carriers asked for it")
    assert newest["actor"].startswith("ops:")


SET_BEFORE = """
INSERT INTO step_policy VALUES ('carry', '2026-01-01T00:00:00Z', NULL, 86400, 172800, 'ops:li', 'slow carriers')
"""


def test_what_was_set_before_steps_could_back_off_is_as_steady_as_it_was():
    with database_from("orders", "0026", SET_BEFORE) as engine, works_on(engine, FixedClock(NOON)).begin() as work:
        policies = PoliciesInForce(work)
        assert [policies["carry"].delay_s(tries) for tries in (0, 1, 1000)] == [86400] * 3
        assert [policies["settle_points"].delay_s(tries) for tries in (0, 1, 1000)] == [120] * 3
