"""What confirmed, closed and cancelled orders do to their holds, in whatever order the news comes."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.bus.faults import RpcTimeout
from services.chassis.contract import Event
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import ScriptedRpc, database_of, emitted, event_of
from services.orders import contract as orders
from services.points import contract
from services.points.usecases.follow_orders import capture_for_confirmed_order, return_points_of_ended_order
from services.points.usecases.settle_overdue_holds import settle_overdue_holds
from tests.integration.points.story import NOON, Ledger

engine = database_of("points")


def confirm(ledger: Ledger, member_id: str, order_id: str, points: int, coins: int = 0) -> bool:
    line = {
        "line_no": 1, "sku_id": new_id("sku"), "goods_id": new_id("gds"), "merchant_id": new_id("mer"),
        "kind": "virtual", "name_zh": "彩铃", "name_en": "ring tone", "quantity": 1, "points": points, "cash_fen": 0,
    }  # fmt: skip
    data = {
        "order_id": order_id, "member_id": member_id, "points": points, "coins": coins, "cash_fen": 0, "lines": [line],
        "delivery_address": None, "confirmed_at": NOON,
    }  # fmt: skip
    return ledger.works.apply(event_of(orders.ORDER_CONFIRMED, order_id, data), capture_for_confirmed_order)


def end(ledger: Ledger, member_id: str, order_id: str, kind: Event = orders.ORDER_CANCELLED) -> bool:
    data = {"order_id": order_id, "member_id": member_id, "points": 40, "cash_fen": 0, "reason": "by_member"}
    return ledger.works.apply(event_of(kind, order_id, data), return_points_of_ended_order)


def held_order(ledger: Ledger, points: int = 40) -> tuple[str, str]:
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.hold(member_id, points, order_id)
    return member_id, order_id


def state_of(ledger: Ledger, order_id: str) -> str:
    return ledger.fetch("SELECT state FROM hold WHERE order_id = :id", id=order_id)[0][0]


def sweep(ledger: Ledger, status: Any) -> int:
    answer = {"status": status} if isinstance(status, str) else status
    reply = (lambda request: {**request, **answer}) if isinstance(answer, dict) else answer
    ledger.works.rpc = ScriptedRpc({orders.CHECK_ORDER: reply})
    return settle_overdue_holds(ledger.works)


def test_a_confirmed_order_captures_its_hold_once(ledger: Ledger):
    member_id, order_id = held_order(ledger)

    confirm(ledger, member_id, order_id, 40)
    confirm(ledger, member_id, order_id, 40)  # another event of the same fact

    assert ledger.balance(member_id)["available"] == 60
    assert len([e for e in emitted(ledger.engine, contract.HOLD_CAPTURED) if e["data"]["order_id"] == order_id]) == 1


def test_an_order_paid_in_points_and_coins_captures_both_once(ledger: Ledger):
    member_id, order_id = held_order(ledger)
    ledger.accrue(member_id, 30, unit=contract.COINS)
    ledger.hold(member_id, 25, order_id, unit=contract.COINS)

    confirm(ledger, member_id, order_id, 40, coins=25)
    confirm(ledger, member_id, order_id, 40, coins=25)

    assert ledger.balance(member_id)["available"] == 60
    assert ledger.balance(member_id, unit=contract.COINS)["available"] == 5
    told = [e["data"] for e in emitted(ledger.engine, contract.HOLD_CAPTURED) if e["data"]["order_id"] == order_id]
    assert [(data["unit"], data["points"]) for data in told] == [(contract.POINTS, 40), (contract.COINS, 25)]


def test_an_order_for_less_than_was_held_captures_its_part_and_frees_the_rest(ledger: Ledger):
    ledger.policy("check_in", "fixed_months", 1)
    member_id, order_id = ledger.member(100), new_id("ord")
    ledger.accrue(member_id, 30, source="check_in")
    ledger.hold(member_id, 60, order_id)

    confirm(ledger, member_id, order_id, 35)

    balance = ledger.balance(member_id)
    assert (balance["available"], balance["held"]) == (95, 0)
    assert balance["expiring"] == [{"expires_on": "2028-12-31", "points": 95}]


def test_an_order_without_points_needs_no_hold(ledger: Ledger):
    member_id = ledger.member(100)

    assert confirm(ledger, member_id, new_id("ord"), 0)

    assert ledger.available(member_id) == 100


@pytest.mark.parametrize("kind", [orders.ORDER_CLOSED, orders.ORDER_CANCELLED])
def test_an_ended_order_gives_its_open_hold_back(ledger: Ledger, kind: Event):
    member_id, order_id = held_order(ledger)

    end(ledger, member_id, order_id, kind)
    end(ledger, member_id, order_id, kind)

    assert (ledger.available(member_id), state_of(ledger, order_id)) == (100, "released")


def test_a_cancelled_order_gets_back_what_was_captured_and_not_yet_refunded(ledger: Ledger):
    member_id, order_id = held_order(ledger)
    confirm(ledger, member_id, order_id, 40)
    ledger.refund(order_id, 15)

    end(ledger, member_id, order_id)
    end(ledger, member_id, order_id)

    assert ledger.available(member_id) == 100


def test_a_cancellation_that_overtakes_the_confirmation_still_returns_everything(ledger: Ledger):
    member_id, order_id = held_order(ledger)

    end(ledger, member_id, order_id)
    confirm(ledger, member_id, order_id, 40)

    assert (ledger.available(member_id), state_of(ledger, order_id)) == (100, "released")


def test_an_ended_order_without_a_hold_changes_nothing(ledger: Ledger):
    member_id = ledger.member(100)

    assert end(ledger, member_id, new_id("ord"))

    assert ledger.available(member_id) == 100


def test_a_confirmation_in_overtime_captures_while_the_hold_is_open(ledger: Ledger):
    member_id, order_id = held_order(ledger)
    ledger.end_time_of(order_id)

    confirm(ledger, member_id, order_id, 40)

    assert (ledger.available(member_id), state_of(ledger, order_id)) == (60, "captured")


def test_a_confirmation_after_the_hold_timed_out_takes_the_points_if_they_are_there(ledger: Ledger):
    member_id, order_id = held_order(ledger)
    ledger.end_time_of(order_id)
    assert sweep(ledger, "unknown") == 1

    confirm(ledger, member_id, order_id, 40)

    assert (ledger.available(member_id), state_of(ledger, order_id)) == (60, "captured")


def test_a_confirmation_after_the_points_were_spent_elsewhere_is_a_fault_that_is_parked(ledger: Ledger):
    member_id, order_id = held_order(ledger)
    ledger.end_time_of(order_id)
    sweep(ledger, "unknown")
    ledger.hold(member_id, 80)

    with pytest.raises(Refused) as caught:
        confirm(ledger, member_id, order_id, 40)

    assert caught.value.code == contract.INSUFFICIENT
    assert state_of(ledger, order_id) == "expired"


def test_a_confirmation_without_any_hold_or_with_a_released_one_is_a_fault_that_is_parked(ledger: Ledger):
    member_id, order_id = held_order(ledger)
    ledger.release(order_id)

    with pytest.raises(Refused, match=contract.HOLD_NOT_OPEN):
        confirm(ledger, member_id, order_id, 40)
    with pytest.raises(Refused, match=contract.HOLD_UNKNOWN):
        confirm(ledger, member_id, new_id("ord"), 40)
    assert ledger.available(member_id) == 100


@pytest.mark.parametrize(
    ("status", "state", "available"),
    [
        ("confirmed", "captured", 60),
        ("completed", "captured", 60),
        ("unknown", "expired", 100),
        ("closed", "expired", 100),
        ("cancelled", "expired", 100),
        ("awaiting_payment", "open", 60),
        ("closing", "open", 60),
        ("cancelling", "open", 60),
    ],
)
def test_an_overdue_hold_ends_as_its_order_did(ledger: Ledger, status: str, state: str, available: int):
    member_id, order_id = held_order(ledger)
    ledger.end_time_of(order_id)

    assert sweep(ledger, status) == 1
    assert sweep(ledger, status) == 0  # settled, or extended: not due any more

    assert (state_of(ledger, order_id), ledger.available(member_id)) == (state, available)


def test_a_hold_that_timed_out_says_so(ledger: Ledger):
    _, order_id = held_order(ledger)
    ledger.end_time_of(order_id)

    sweep(ledger, "unknown")

    data = emitted(ledger.engine, contract.HOLD_RELEASED)[-1]["data"]
    assert (data["order_id"], data["points"], data["reason"]) == (order_id, 40, "expired")


def test_while_orders_is_away_holds_wait(ledger: Ledger):
    member_id, order_id = held_order(ledger)
    ledger.end_time_of(order_id)

    assert sweep(ledger, RpcTimeout("orders")) == 0

    assert (state_of(ledger, order_id), ledger.available(member_id)) == ("open", 60)
    sweep(ledger, "unknown")


def test_a_hold_that_cannot_be_settled_does_not_keep_others_waiting(ledger: Ledger):
    first_member, first = held_order(ledger)
    second_member, second = held_order(ledger)
    ledger.end_time_of(first)
    ledger.end_time_of(second)

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        if request["order_id"] == first:
            ledger.release(first)  # meanwhile, by another way
        return {**request, "status": "confirmed"}

    ledger.works.rpc = ScriptedRpc({orders.CHECK_ORDER: answer})

    assert settle_overdue_holds(ledger.works) == 1
    assert (ledger.available(first_member), ledger.available(second_member)) == (100, 60)


def test_a_hold_whose_wallet_is_locked_for_long_does_not_keep_others_waiting(ledger: Ledger):
    """A bill run may hold a wallet longer than a session waits for a lock."""
    first_member, first = held_order(ledger)
    second_member, second = held_order(ledger)
    ledger.end_time_of(first)
    ledger.end_time_of(second)
    busy = sa.text("SELECT 1 FROM account WHERE owner = :member AND kind = 'wallet' FOR UPDATE")

    with ledger.engine.begin() as other:
        other.execute(busy, {"member": first_member})
        assert sweep(ledger, "unknown") == 1

    assert (state_of(ledger, first), state_of(ledger, second)) == ("open", "expired")
    assert sweep(ledger, "unknown") == 1
    assert (ledger.available(first_member), ledger.available(second_member)) == (100, 100)
