"""Carriers pay over what they collected at doors: parcel by parcel, once, and what differs has a life of its own."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis.clock import FixedClock, local_date
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, emitted, race
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.storage.remittance_audits import REMITTANCE_QUESTIONS
from services.orders.usecases.remittances.decide_difference import (
    ask_write_off,
    decide_write_off,
    explain_remittance_difference,
)
from services.orders.usecases.remittances.look_at_claims import find_overdue
from services.orders.usecases.remittances.look_at_remittances import (
    list_remittance_differences,
    list_remittances,
    observe_remittances,
    set_remittance_terms,
)
from services.orders.usecases.remittances.record_remittance import record_remittance
from services.points import contract as points
from tests.integration.orders.goods import PHONE
from tests.integration.orders.kit import NOON, Shop, parcel_data

engine = database_of("orders")
ROUNDS = 10
LI_LEI, HAN_MEI = "staff:li.lei", "staff:han.mei"


class Door:
    """A shop whose carrier collects, and whose finance reads what it pays over. Every one has a carrier of its own."""

    carriers = 0

    def __init__(self, engine) -> None:
        Door.carriers += 1
        self.carrier = f"carrier{Door.carriers}"
        self.shop = Shop(engine, clock=FixedClock(NOON), pays_with=contract.ON_DELIVERY)
        self.minute = 0

    def collected(self, fen: int = 9900) -> str:
        """Waybill of a parcel at whose door so much was collected."""
        order = self.shop.place((PHONE, 1))
        self.shop.hear_points(points.HOLD_CAPTURED, order, 500)
        self.order = order
        self.say(order, fen)
        if fen == 9900:  # so that the member may promise more
            self.shop.receive(order)
        return self.waybill(order)

    def say(self, order: dict[str, Any], fen: int) -> None:
        self.minute += 1
        at = NOON + timedelta(minutes=self.minute)
        told = parcel_data(order["order_id"][-8:], "delivered", [1], at)
        told |= {"carrier": self.carrier, "waybill_no": self.waybill(order), "collected_fen": fen}
        self.shop.hear(logistics.SHIPMENT_DELIVERED, order, **told)

    def waybill(self, order: dict[str, Any]) -> str:
        return f"SF{order['order_id'][-12:]}"

    def message(self, *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
        said = {
            "request_id": new_id("req"),
            "carrier": self.carrier,
            "number": new_id("num"),
            "paid_on": local_date(self.shop.clock.now()).isoformat(),
            "reference": "2026120100017",
            "total_fen": sum(fen for _, fen in lines),
            "parcels": [{"waybill_no": waybill_no, "amount_fen": fen} for waybill_no, fen in lines],
        }
        return contract.RECORD_REMITTANCE.load_request(said | changes)

    def pay_over(self, *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
        return self.does(record_remittance, self.message(*lines, **changes))

    def does(self, usecase: Any, request: dict[str, Any], actor: str = LI_LEI) -> Any:
        works = self.shop.works
        works = replace(works, context=replace(works.context, actor=actor))
        return works.run(usecase, request)

    def decides(self, usecase: Any, difference: dict[str, Any], actor: str = LI_LEI, **more: Any) -> Any:
        return self.does(usecase, {"difference_id": difference["difference_id"], "reason": "seen", **more}, actor)

    def differences(self, state: str | None = "open") -> list[dict[str, Any]]:
        wanted = {"carrier": self.carrier, "state": state, "what": None, "limit": 100}
        return [dict(row) for row in self.does(list_remittance_differences, wanted)["differences"]]

    def found(self, state: str | None = "open") -> list[tuple[str, str, int]]:
        rows = self.differences(state)
        return sorted((row["waybill_no"], row["what"], row["missing_fen"]) for row in rows)

    def days_later(self, days: int) -> None:
        self.shop.clock.advance(days=days)
        find_overdue(self.shop.works)

    def owed(self) -> tuple[int, int]:
        rows = self.does(list_remittances, {"carrier": self.carrier, "limit": 1})["owed"]
        return next(((row["owed_fen"], row["due_fen"]) for row in rows), (0, 0))

    def broken(self) -> list[str]:
        return [check["name"] for check in self.shop.broken_invariants() if check["name"] in REMITTANCE_QUESTIONS]


@pytest.fixture
def door(engine) -> Door:
    return Door(engine)


def test_what_is_paid_over_as_it_was_said_is_even(door: Door) -> None:
    waybills = [door.collected(), door.collected()]
    assert door.owed() == (19800, 0)
    recorded = door.pay_over(*[(waybill, 9900) for waybill in waybills])
    assert (recorded["lines"], recorded["total_fen"], recorded["differences"]) == (2, 19800, 0)
    door.days_later(30)
    assert (door.found(None), door.owed(), door.broken()) == ([], (0, 0), [])


def test_nothing_is_missing_before_it_is_due_and_what_comes_late_settles_it(door: Door) -> None:
    waybill = door.collected()
    door.days_later(7)
    assert (door.found(), door.owed()) == ([], (9900, 0))
    door.days_later(1)
    assert (door.found(), door.owed()) == ([(waybill, "missing", 9900)], (9900, 9900))
    door.days_later(1)
    assert len(door.found()) == 1
    door.pay_over((waybill, 9900))
    assert door.found("settled") == [(waybill, "missing", 9900)]
    opened, closed = (
        [event for event in emitted(door.shop.engine, kind) if event["data"]["waybill_no"] == waybill]
        for kind in (contract.REMITTANCE_DIFFERENCE_OPENED, contract.REMITTANCE_DIFFERENCE_CLOSED)
    )
    assert [len(opened), len(closed), closed[0]["data"]["state"]] == [1, 1, "settled"]
    assert door.broken() == []


def test_a_carrier_has_the_days_of_its_own_terms(door: Door) -> None:
    door.does(set_remittance_terms, {"carrier": door.carrier, "remit_days": 2, "reason": "contract"})
    waybill = door.collected()
    door.days_later(3)
    assert door.found() == [(waybill, "missing", 9900)]


def test_too_little_is_seen_at_once_and_settled_by_the_rest(door: Door) -> None:
    waybill = door.collected()
    assert door.pay_over((waybill, 9000))["differences"] == 1
    assert door.found() == [(waybill, "amount_differs", 900)]
    door.pay_over((waybill, 400))
    assert door.found() == [(waybill, "amount_differs", 500)]
    door.pay_over((waybill, 500))
    assert (door.found(), len(door.found("settled")), door.broken()) == ([], 1, [])


def test_money_for_parcels_that_nobody_collected_for_or_that_nobody_knows(door: Door) -> None:
    nothing = door.collected(fen=0)
    door.pay_over((nothing, 100), ("SF-OF-NOBODY", 4200))
    assert door.found() == [("SF-OF-NOBODY", "unknown", -4200), (nothing, "not_collected", -100)]
    door.say(door.order, 100)
    assert door.found() == [("SF-OF-NOBODY", "unknown", -4200)]


def test_money_that_comes_before_we_hear_of_the_delivery(door: Door) -> None:
    order = door.shop.place((PHONE, 1))
    door.pay_over((door.waybill(order), 9900))
    assert door.found() == [(door.waybill(order), "unknown", -9900)]
    door.say(order, 9900)
    assert (door.found(), len(door.found("settled"))) == ([], 1)


def test_what_the_carrier_corrects_counts(door: Door) -> None:
    waybill = door.collected(fen=9000)
    door.pay_over((waybill, 9900))
    assert door.found() == [(waybill, "amount_differs", -900)]
    door.say(door.order, 9900)
    assert (door.found(), door.owed()) == ([], (0, 0))


def test_a_remittance_counts_once_and_its_number_is_of_one_content(door: Door) -> None:
    waybill = door.collected()
    first = door.pay_over((waybill, 9900), number="R1")
    again = door.pay_over((waybill, 9900), number="R1")
    assert (again["remittance_id"], door.found(None)) == (first["remittance_id"], [])
    for changes in ({"reference": "another"}, {"parcels": [{"waybill_no": "SF1", "amount_fen": 9900}]}):
        with pytest.raises(Refused, match=contract.REMITTANCE_NUMBER_TAKEN):
            door.pay_over((waybill, 9900), number="R1", **changes)


def test_a_file_whose_parcels_do_not_sum_to_its_total_is_refused_whole(door: Door) -> None:
    waybill = door.collected()
    with pytest.raises(Refused, match=contract.REMITTANCE_TOTAL_WRONG):
        door.pay_over((waybill, 9900), total_fen=9901)
    assert door.owed() == (9900, 0)


def test_what_is_too_much_is_explained_by_one_person_and_stays_explained(door: Door) -> None:
    waybill = door.collected()
    door.pay_over((waybill, 9900))
    door.pay_over((waybill, 9900))
    [difference] = door.differences()
    assert (difference["what"], difference["missing_fen"]) == ("amount_differs", -9900)
    with pytest.raises(Refused, match=contract.REMITTANCE_NOTHING_MISSING):
        door.decides(ask_write_off, difference)
    closed = door.decides(explain_remittance_difference, difference)
    assert (closed["state"], closed["closed_by"], closed["note"]) == ("explained", LI_LEI, "seen")
    with pytest.raises(Refused, match=contract.REMITTANCE_DIFFERENCE_NOT_THERE):
        door.decides(explain_remittance_difference, difference)
    door.days_later(30)
    assert (door.found(), door.owed(), door.broken()) == ([], (0, 0), [])


def test_what_is_missing_is_written_off_by_two_persons(door: Door) -> None:
    waybill = door.collected()
    door.days_later(8)
    [difference] = door.differences()
    with pytest.raises(Refused, match=contract.REMITTANCE_MONEY_MISSING):
        door.decides(explain_remittance_difference, difference)
    assert door.decides(ask_write_off, difference)["state"] == "write_off_asked"
    with pytest.raises(Refused, match=contract.REMITTANCE_OWN_WISH):
        door.decides(decide_write_off, difference, is_approved=True)
    assert door.decides(decide_write_off, difference, HAN_MEI, is_approved=False)["state"] == "open"
    with pytest.raises(Refused, match=contract.REMITTANCE_DIFFERENCE_NOT_THERE):
        door.decides(decide_write_off, difference, HAN_MEI, is_approved=True)
    door.decides(ask_write_off, difference)
    closed = door.decides(decide_write_off, difference, HAN_MEI, is_approved=True)
    assert (closed["state"], closed["asked_by"], closed["closed_by"]) == ("written_off", LI_LEI, HAN_MEI)
    assert (door.owed(), door.broken()) == ((0, 0), [])
    door.pay_over((waybill, 9900))  # after all
    assert door.found() == [(waybill, "amount_differs", -9900)]


def test_a_wish_is_void_when_the_amount_changes_meanwhile(door: Door) -> None:
    waybill = door.collected()
    door.days_later(8)
    [difference] = door.differences()
    door.decides(ask_write_off, difference)
    door.pay_over((waybill, 5000))
    assert door.found() == [(waybill, "amount_differs", 4900)]
    with pytest.raises(Refused, match=contract.REMITTANCE_DIFFERENCE_NOT_THERE):
        door.decides(decide_write_off, difference, HAN_MEI, is_approved=True)


def test_two_decide_and_the_carrier_pays_at_once(engine) -> None:
    """Whatever comes first, the claim is even or what is not is open, and nothing is settled twice."""
    for _ in range(ROUNDS):
        door = Door(engine)
        waybill = door.collected()
        door.days_later(8)
        [difference] = door.differences()
        door.decides(ask_write_off, difference)
        deciding = partial(door.decides, decide_write_off, difference, HAN_MEI, is_approved=True)
        outcomes = race(deciding, deciding, partial(door.pay_over, (waybill, 9900)))
        faults = [each for each in outcomes if isinstance(each, Exception) and not isinstance(each, Refused)]
        assert faults == []
        decided = [each for each in outcomes[:2] if not isinstance(each, Exception)]
        assert len(decided) in (0, 1)
        assert door.found() == ([(waybill, "amount_differs", -9900)] if decided else [])
        assert door.broken() == []


def test_the_same_file_by_two_persons_at_once_counts_once(engine) -> None:
    for _ in range(ROUNDS):
        door = Door(engine)
        lines = [(door.collected(), 9900), (door.collected(), 9900)]
        outcomes = race(*[partial(door.pay_over, *lines, number="R1")] * 3)
        assert len({outcome["remittance_id"] for outcome in outcomes}) == 1
        assert (door.found(None), door.owed()) == ([], (0, 0))


def test_two_files_over_the_same_parcels_in_another_order_never_wait_for_each_other(engine) -> None:
    for _ in range(ROUNDS):
        door = Door(engine)
        waybills = [door.collected(), door.collected()]
        halves = [(waybill, 4950) for waybill in waybills]
        outcomes = race(partial(door.pay_over, *halves), partial(door.pay_over, *reversed(halves)))
        assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
        assert (door.found(), door.owed()) == ([], (0, 0))


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(1, 12_000), max_size=4), st.sampled_from([0, 9_000, 9_900]))
def test_said_less_paid_over_is_what_is_missing(engine, payments, said) -> None:
    door = Door(engine)
    waybill = door.collected(fen=said)
    for fen in payments:
        door.pay_over((waybill, fen))
    door.days_later(8)
    missing = said - sum(payments)
    assert [row["missing_fen"] for row in door.differences()] == ([missing] if missing else [])
    assert door.broken() == []


def test_finance_sees_what_carriers_owe(door: Door) -> None:
    door.collected()
    door.days_later(8)
    with door.shop.works.begin() as work:
        gauges = {reading.name: reading.values[door.carrier] for reading in observe_remittances(work)}
    assert gauges == {"mall_carrier_cash_due_fen": 9900, "mall_remittance_differences_open": 1}
