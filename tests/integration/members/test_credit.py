"""A member's credit: folded from how orders end, once, late and out of order; decided by the policy in force."""

import json

import pytest

from services.chassis.ids import new_id
from services.chassis.testkit import event_of, race
from services.members import contract
from services.members.ops import main
from services.members.usecases.get_credit import get_credit
from services.members.usecases.record_trade import record_good_trade, record_lost_dispute, record_refused_at_door
from services.orders.contract import (
    CASE_DECIDED,
    DECISIONS,
    DISPUTE_LOST,
    ORDER_CANCELLED,
    ORDER_COMPLETED,
    PARCEL_LOST,
    REFUSED_AT_DOOR,
)


@pytest.fixture
def member_id(desk, phone):
    return desk.signed_in(phone)["member"]["member_id"]


def completed(desk, member_id, order_id=None, **options):
    data = {"order_id": order_id or new_id("ord"), "member_id": member_id, "points": 1, "cash_fen": 0, "coins": 0}
    event = event_of(ORDER_COMPLETED, data["order_id"], data, occurred_at=desk.clock.now(), **options)
    return lambda: desk.works.apply(event, record_good_trade)


def cancelled(desk, member_id, reason=REFUSED_AT_DOOR, order_id=None, **options):
    data = {"order_id": order_id or new_id("ord"), "member_id": member_id, "points": 1, "cash_fen": 9, "coins": 0}
    event = event_of(
        ORDER_CANCELLED, data["order_id"], data | {"reason": reason}, occurred_at=desk.clock.now(), **options
    )
    return lambda: desk.works.apply(event, record_refused_at_door)


def decided(desk, member_id, decision=DISPUTE_LOST, order_id=None, case_id=None, **options):
    data = {"case_id": case_id or new_id("cas"), "order_id": order_id or new_id("ord"), "member_id": member_id}
    data |= {"merchant_id": new_id("mer"), "kind": "return", "decision": decision, "because": "worn"}
    event = event_of(CASE_DECIDED, data["case_id"], data, occurred_at=desk.clock.now(), **options)
    return lambda: desk.works.apply(event, record_lost_dispute)


def credit(desk, member_id):
    return contract.GET_CREDIT.dump_reply(desk.works.run(get_credit, {"member_id": member_id}))


def counts(desk, member_id):
    told = credit(desk, member_id)
    return told["good_trades"], told["bad_trades"]


def test_more_than_a_hundred_good_trades_open_cash_on_delivery(desk, member_id):
    for _ in range(100):
        completed(desk, member_id)()
    assert credit(desk, member_id)["cash_on_delivery"] == {
        "is_offered": False,
        "reasons": ["too_few_good_trades"],
        "most_open_orders": 3,
        "most_open_fen": 500_000,
    }
    completed(desk, member_id)()
    told = credit(desk, member_id)
    assert (told["cash_on_delivery"]["is_offered"], told["score"]) == (True, 99)
    assert told["cash_on_delivery"]["reasons"] == ["enough_good_trades"]


def test_the_same_end_told_twice_or_at_once_counts_once(desk, member_id):
    order_id = new_id("ord")
    race(*[completed(desk, member_id, order_id, event_id=new_id("evt")) for _ in range(4)])
    assert counts(desk, member_id) == (1, 0)


def test_the_bad_end_outweighs_the_good_one_whichever_comes_first(desk, member_id):
    for bad in (cancelled, decided):
        for first, second in ((completed, bad), (bad, completed)):
            order_id = new_id("ord")
            first(desk, member_id, order_id=order_id)()
            second(desk, member_id, order_id=order_id)()
    assert counts(desk, member_id) == (0, 4)


def test_disputes_lost_over_one_order_count_once_however_often_and_wherever_they_are_told(desk, member_id):
    order_id, case_id = new_id("ord"), new_id("cas")
    completed(desk, member_id, order_id)()
    again = [decided(desk, member_id, order_id=order_id, case_id=case_id, event_id=new_id("evt")) for _ in range(3)]
    assert set(race(*again, decided(desk, member_id, order_id=order_id))) == {True}
    assert counts(desk, member_id) == (0, 1)


@pytest.mark.parametrize("decision", [decision for decision in DECISIONS if decision != DISPUTE_LOST])
def test_no_other_decision_on_a_case_says_anything_of_the_member(desk, member_id, decision):
    completed(desk, member_id, order_id := new_id("ord"))()
    decided(desk, member_id, decision, order_id)()
    assert counts(desk, member_id) == (1, 0)


@pytest.mark.parametrize("reason", ["changed_my_mind", PARCEL_LOST])
def test_an_order_that_is_called_off_for_another_reason_says_nothing(desk, member_id, reason):
    cancelled(desk, member_id, reason)()
    assert counts(desk, member_id) == (0, 0)


def test_what_is_older_than_the_window_does_not_count(desk, member_id):
    cancelled(desk, member_id)()
    desk.clock.advance(days=731)
    completed(desk, member_id)()
    assert counts(desk, member_id) == (1, 0)


def test_who_is_not_known_here_is_left_out(desk):
    assert completed(desk, new_id("mbr"))() is True


@pytest.fixture
def operator(desk, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_MEMBERS", desk.engine.url.render_as_string(hide_password=False))

    def run(*arguments: str):
        capsys.readouterr()
        code = main([*arguments, "--json"])
        out = capsys.readouterr().out
        return code, json.loads(out) if out else None

    return run


def test_operators_change_the_policy_from_an_instant_on_and_say_why(desk, operator, member_id):
    said = ("--good-trades-needed", "0", "--most-open-fen", "1000", "--because", "a trial")
    code, row = operator("credit", "set", *said, "--from", "2100-01-01T00:00Z")
    assert (code, row["vip_tiers"], row["most_open_orders"]) == (0, ["gold", "red"], 3)
    assert row["actor"].startswith("ops:")
    assert credit(desk, member_id)["cash_on_delivery"]["is_offered"] is False
    _, told = operator("credit", "list")
    assert [policy["reason"] for policy in told][-1] == "a trial"
    desk.clock.advance(days=365 * 75)
    assert credit(desk, member_id)["cash_on_delivery"]["reasons"] == ["enough_good_trades"]
    assert credit(desk, member_id)["cash_on_delivery"]["most_open_fen"] == 1000


def test_a_policy_is_neither_backdated_nor_out_of_bounds(operator):
    assert operator("credit", "set", "--from", "2020-01-01T00:00Z", "--because", "late")[0] == 1
    assert operator("credit", "set", "--bad-per-mille", "1001", "--because", "all may be bad")[0] == 1
    assert operator("credit", "set", "--vip-tiers", "purple", "--because", "new")[0] == 2


def test_operators_see_a_members_credit(desk, operator, member_id):
    completed(desk, member_id)()
    code, told = operator("credit", "show", member_id)
    assert (code, told["good_trades"]) == (0, 1)
