"""The order's table and the folds beside it."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.transitions import IllegalTransition
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.domain.fulfilment import LineToDeliver, Parcel, ParcelFact, PartToDeliver, fulfilment_status
from services.orders.domain.order_status import CALLED_OFF, ORDER, PLACING, STORED_STATUSES
from services.orders.domain.tenders import OPERATIONS, OUTCOMES, TenderEvent, fold_tender, payment_status

ALLOWED = {
    ("placing", "place"): "awaiting_payment",
    ("awaiting_payment", "confirm"): "confirmed",
    ("awaiting_payment", "begin_closing"): "closing",
    ("closing", "confirm"): "confirmed",
    ("closing", "close"): "closed",
    ("confirmed", "begin_cancelling"): "cancelling",
    ("confirmed", "complete"): "completed",
    ("cancelling", "cancel"): "cancelled",
    ("cancelling", "resume"): "confirmed",
}
STEPS = sorted({step for _, step in ALLOWED})
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(("status", "step"), itertools.product(ORDER.states, STEPS))
def test_every_step_of_every_status(status, step):
    if (status, step) in ALLOWED:
        assert ORDER.next(status, step) == ALLOWED[status, step]
    else:
        with pytest.raises(IllegalTransition):
            ORDER.next(status, step)


def test_statuses_are_those_of_the_contract_and_ends_are_ends():
    assert set(STORED_STATUSES) == set(contract.STATUSES)
    assert PLACING not in contract.STATUSES
    assert {status for status in ORDER.states if ORDER.is_end(status)} == {"closed", "cancelled", "completed"}
    assert set(CALLED_OFF) <= set(contract.STATUSES)


EVENTS = st.builds(
    TenderEvent,
    op=st.sampled_from(OPERATIONS),
    outcome=st.sampled_from(OUTCOMES),
    amount=st.just(100),
    reference=st.sampled_from(["a", "b"]),
)


@given(st.lists(EVENTS, max_size=12), st.randoms())
def test_tender_fold_knows_neither_order_nor_repetition(events, random):
    shuffled = events + random.choices(events, k=len(events)) if events else []
    random.shuffle(shuffled)
    assert fold_tender("cash", 200, shuffled) == fold_tender("cash", 200, events)


def tender(*events, due=100):
    return fold_tender("points", due, [TenderEvent(op, outcome, due, "one") for op, outcome in events])


HELD = ("hold", "succeeded")
ASKED, CAPTURED = ("capture", "requested"), ("capture", "succeeded")
BACK_ASKED, BACK = ("refund", "requested"), ("refund", "succeeded")


@pytest.mark.parametrize(
    ("tenders", "status"),
    [
        ([], "paid"),
        ([tender(HELD)], "none"),
        ([tender(HELD, ASKED)], "none"),
        ([tender(HELD, ASKED, CAPTURED)], "paid"),
        ([tender(HELD), tender(CAPTURED)], "partial"),
        ([tender(CAPTURED), tender(CAPTURED)], "paid"),
        ([tender(CAPTURED, BACK_ASKED)], "paid"),
        ([tender(CAPTURED, BACK_ASKED, BACK)], "refunded"),
        ([tender(CAPTURED, BACK), tender(CAPTURED)], "partially_refunded"),
        ([tender(CAPTURED, BACK), tender(HELD, ("void", "succeeded"))], "refunded"),
    ],
)
def test_payment_status(tenders, status):
    assert payment_status(tenders) == status


def test_what_is_asked_for_is_in_flight_until_it_ends():
    assert tender(HELD, ASKED).in_flight == {"capture"}
    assert tender(HELD, ASKED, CAPTURED).in_flight == frozenset()
    assert tender(CAPTURED, BACK_ASKED, ("refund", "unknown")).in_flight == {"refund"}
    assert tender(CAPTURED, BACK_ASKED, ("refund", "unknown"), ("refund", "failed")).in_flight == frozenset()
    assert tender(HELD, ASKED, BACK_ASKED, ("void", "succeeded")).in_flight == frozenset()


def test_what_was_paid_twice_stays_paid_when_the_second_is_back():
    payments = [TenderEvent("capture", "succeeded", 100, one) for one in ("pay_1", "pay_2")]
    backs = [TenderEvent("refund", "succeeded", 100, one) for one in ("rfd_2", "rfd_1")]
    folded = [payment_status([fold_tender("cash", 100, payments + backs[:count])]) for count in range(3)]
    assert folded == ["paid", "paid", "refunded"]
    twice = fold_tender("cash", 100, payments + backs[:1])
    assert payment_status([tender(HELD), twice]) == "partial"  # the points are still to be captured


FACTS = st.builds(
    ParcelFact,
    status=st.sampled_from(logistics.STATUSES),
    occurred_at=st.integers(0, 5).map(lambda hours: NOON + timedelta(hours=hours)),
)


def furthest(facts):
    kept = facts[0]
    for fact in facts[1:]:
        if fact.supersedes(kept):
            kept = fact
    return kept


@given(st.lists(FACTS, min_size=1, max_size=8), st.randoms())
def test_parcel_fold_knows_neither_order_nor_repetition(facts, random):
    shuffled = facts + random.choices(facts, k=len(facts))
    random.shuffle(shuffled)
    assert furthest(shuffled) == furthest(facts)


def fact(status, hours):
    return ParcelFact(status, NOON + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        (fact("delivered", 1), fact("in_transit", 2)),  # a late scan never takes a delivery back
        (fact("out_for_delivery", 3), fact("delivery_failed", 2)),
        (fact("delivery_failed", 3), fact("out_for_delivery", 2)),
        (fact("returned", 9), fact("delivered", 5)),
        (fact("picked_up", 0), fact("dispatched", 4)),
    ],
)
def test_which_fact_of_a_parcel_counts(newer, older):
    assert newer.supersedes(older)
    assert not older.supersedes(newer)


CARRIED, CODED, TWO_CODES = (PartToDeliver(*part) for part in (("e", "parcel", 1), ("c", "code", 1), ("d", "code", 2)))
OF_CODED, OF_TWO = ("s", "c"), ("s", "d")  # a code of the SKU and the element


def line(line_no, *parts, quantity=1, sku="s"):
    return LineToDeliver(line_no, sku, quantity, parts or (CARRIED,))


@pytest.mark.parametrize(
    ("lines", "parcels", "codes", "status"),
    [
        ([line(1)], [], [], "none"),
        ([line(1)], [Parcel("pending", (1,))], [], "none"),
        ([line(1)], [Parcel("cancelled", (1,))], [], "none"),
        ([line(1)], [Parcel("dispatched", (1,))], [], "shipped"),
        ([line(1)], [Parcel("lost", (1,))], [], "shipped"),
        ([line(1)], [Parcel("delivered", (1,))], [], "delivered"),
        ([line(1)], [Parcel("returned", (1,))], [], "returned"),
        ([line(1)], [Parcel("delivered", (1,)), Parcel("in_transit", (1,))], [], "shipped"),
        ([line(1), line(2)], [Parcel("delivered", (1,))], [], "partial"),
        ([line(1), line(2)], [Parcel("delivered", (1,)), Parcel("in_transit", (2,))], [], "shipped"),
        ([line(1), line(2)], [Parcel("delivered", (1,)), Parcel("returned", (2,))], [], "partial"),
        ([line(1), line(2)], [Parcel("delivered", (1, 2))], [], "delivered"),
        ([line(1, CODED, quantity=2)], [], [OF_CODED], "none"),
        ([line(1, CODED, quantity=2)], [], [OF_CODED] * 2, "delivered"),
        ([line(1, CODED), line(2, CODED)], [], [OF_CODED], "partial"),
        ([line(1, CODED), line(2)], [Parcel("delivered", (2,))], [OF_CODED], "delivered"),
        ([line(1, CODED)], [Parcel("delivered", (1,))], [], "none"),
        ([line(1, CARRIED, CODED)], [], [], "none"),
        ([line(1, CARRIED, CODED)], [], [OF_CODED], "partial"),
        ([line(1, CARRIED, CODED)], [Parcel("in_transit", (1,))], [], "partial"),
        ([line(1, CARRIED, CODED)], [Parcel("in_transit", (1,))], [OF_CODED], "shipped"),
        ([line(1, CARRIED, CODED)], [Parcel("delivered", (1,))], [], "partial"),
        ([line(1, CARRIED, CODED)], [Parcel("delivered", (1,))], [OF_CODED], "delivered"),
        ([line(1, CARRIED, CODED)], [Parcel("returned", (1,))], [OF_CODED], "partial"),
        ([line(1, CODED, TWO_CODES)], [], [OF_CODED, OF_TWO], "partial"),
        ([line(1, CODED, TWO_CODES)], [], [OF_CODED, OF_TWO, OF_TWO], "delivered"),
        ([line(1, TWO_CODES, quantity=3)], [], [OF_TWO] * 5, "none"),
        ([line(1, TWO_CODES, quantity=3)], [], [OF_TWO] * 6, "delivered"),
        ([line(1, CODED), line(2, CODED, sku="t")], [], [OF_CODED] * 2, "partial"),  # codes are of one SKU
    ],
)
def test_fulfilment_status(lines, parcels, codes, status):
    assert fulfilment_status(lines, parcels, codes) == status


PARCELS = st.lists(
    st.builds(
        Parcel,
        st.sampled_from(logistics.STATUSES),
        st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True).map(tuple),
    ),
    max_size=5,
)
LINES = [line(1), line(2, CARRIED, CODED, quantity=2), line(3, CODED, TWO_CODES)]
NEEDED = {OF_CODED: 3, OF_TWO: 2}
CODES = st.lists(st.sampled_from(sorted(NEEDED)), max_size=8)


@given(PARCELS, CODES, st.randoms())
def test_fulfilment_fold_knows_no_order(parcels, codes, random):
    status = fulfilment_status(LINES, parcels, codes)
    shuffled = random.sample(parcels, len(parcels)), random.sample(codes, len(codes))
    assert fulfilment_status(LINES, *shuffled) == status
    assert status in contract.FULFILMENT_STATUSES


@given(PARCELS, CODES)
def test_an_order_is_delivered_exactly_when_every_part_is(parcels, codes):
    all_codes = all(codes.count(of) >= needed for of, needed in NEEDED.items())
    moving = [parcel for parcel in parcels if parcel.status not in ("pending", "cancelled")]
    reached = {number: {p.status for p in moving if number in p.line_nos} for number in (1, 2)}
    delivered = all(states and states <= {"delivered", "returned"} for states in reached.values())
    if fulfilment_status(LINES, parcels, codes) == "delivered":
        assert all_codes and delivered and all("delivered" in states for states in reached.values())
    if all_codes and all(states == {"delivered"} for states in reached.values()):
        assert fulfilment_status(LINES, parcels, codes) == "delivered"


@given(PARCELS, CODES, st.sampled_from(sorted(NEEDED)))
def test_a_code_more_never_takes_a_delivery_back(parcels, codes, another):
    if fulfilment_status(LINES, parcels, codes) in ("shipped", "delivered"):
        assert fulfilment_status(LINES, parcels, [*codes, another]) in ("shipped", "delivered")
