"""Which points left: spread over layers so that every sum is the ledger's own."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.points.domain.liability.cost_flow import Flow, replay
from services.points.domain.liability.layers import Movement
from services.points.domain.liability.ledger import outstanding
from services.points.domain.liability.months import Month
from tests.unit.points.liability_story import moved

NOW = Month.parse("2026-12")


def layers_of(*movements: Movement) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """(month, source) -> issued, redeemed, expired, undone; nothing was moved."""
    layers = replay(movements, NOW).layers
    assert all(layer.moved == 0 for layer in layers)
    return {
        (str(layer.key.issued_in), layer.key.source): (layer.issued, layer.redeemed, layer.expired, layer.undone)
        for layer in layers
    }


def test_what_leaves_is_spread_in_proportion_to_what_is_left_of_each_source():
    assert layers_of(
        moved("accrual", "2026-01", 600, source="bill"),
        moved("accrual", "2026-01", 300, source="campaign"),
        moved("capture", "2026-02", went=300),
        moved("clawback", "2026-03", went=60),
        moved("expiry", "2026-04", went=540),
    ) == {
        ("2026-01", "bill"): (600, 200, 360, 40),
        ("2026-01", "campaign"): (300, 100, 180, 20),
    }


def test_the_odd_point_goes_to_one_source_and_is_not_taken_twice():
    assert layers_of(
        moved("accrual", "2026-01", 1, source="bill"),
        moved("accrual", "2026-01", 1, source="campaign"),
        moved("capture", "2026-01", went=1),
        moved("expiry", "2026-01", went=1),
    ) == {("2026-01", "bill"): (1, 1, 0, 0), ("2026-01", "campaign"): (1, 0, 1, 0)}


def test_points_cannot_leave_layers_that_come_later():
    assert layers_of(
        moved("accrual", "2026-01", 100, source="bill"),
        moved("capture", "2026-02", went=50),
        moved("accrual", "2026-03", 100, source="bill"),
        moved("capture", "2026-04", went=30),
    ) == {("2026-01", "bill"): (100, 60, 0, 0), ("2026-03", "bill"): (100, 20, 0, 0)}


def test_a_refund_undoes_the_redemption_of_those_who_lost_points_to_it():
    assert layers_of(
        moved("accrual", "2026-01", 200, source="bill"),
        moved("capture", "2026-01", went=100),
        moved("accrual", "2026-02", 1_000, source="campaign"),
        moved("refund", "2026-03", 40),
    ) == {("2026-01", "bill"): (200, 60, 0, 0), ("2026-02", "campaign"): (1_000, 0, 0, 0)}


def test_what_is_refunded_into_a_bucket_of_grace_is_a_layer_of_its_own():
    flow = replay(
        [
            moved("accrual", "2025-11", 200, source="bill", expires="2025-12-31"),
            moved("capture", "2025-12", went=100, expires="2025-12-31"),
            moved("expiry", "2026-01", went=100, expires="2025-12-31"),
            moved("refund", "2026-01", 100, expires="2026-02-14"),
        ],
        NOW,
    )

    assert [(str(each.key.expires_on), each.key.source, each.redeemed, each.left) for each in flow.layers] == [
        ("2025-12-31", "bill", 100, 0),
        ("2026-02-14", "refund", 0, 100),
    ]


def test_an_exchange_moves_points_and_brings_coins_and_none_of_them_is_lost():
    flow = replay(
        [
            moved("accrual", "2026-01", 500, source="bill"),
            moved("exchange", "2026-02", went=300),
            moved("exchange", "2026-02", 3, unit="COIN"),
        ],
        NOW,
    )

    assert [(each.key.unit, each.key.source, each.moved, each.left) for each in flow.layers] == [
        ("COIN", "exchange", 0, 3),
        ("PTS", "bill", 300, 200),
    ]
    assert flow.run_off.ages(("PTS", "bill"))[:3] == [(0, 500, 0), (1, 500, 300), (2, 200, 0)]


def test_gifts_within_one_expiry_day_change_nothing():
    assert layers_of(
        moved("accrual", "2026-01", 500, source="bill"),
        moved("gift", "2026-02", 100, 100),
    ) == {("2026-01", "bill"): (500, 0, 0, 0)}


def test_adjustments_bring_a_source_of_their_own_and_undo_what_there_is():
    assert layers_of(
        moved("accrual", "2026-01", 500, source="bill"),
        moved("adjustment", "2026-02", 20, 10),
    ) == {("2026-01", "bill"): (500, 0, 0, 10), ("2026-02", "adjustment"): (20, 0, 0, 0)}


def test_points_that_left_before_they_came_are_taken_when_they_come():
    flow = replay(
        [moved("adjustment", "2026-01", went=30), moved("accrual", "2026-03", 100, source="bill")],
        NOW,
    )
    never_came = replay([moved("adjustment", "2026-01", went=30)], NOW)

    assert [(each.issued, each.undone) for each in flow.layers] == [(100, 30)]
    assert (flow.unplaced, never_came.unplaced) == ({"PTS": 0}, {"PTS": 30})


def test_a_kind_of_journal_that_nobody_has_thought_of_is_a_fault():
    with pytest.raises(KeyError, match="lottery"):
        replay([moved("lottery", "2026-01", 1)], NOW)


@pytest.mark.parametrize("expiry_in", ["2026-03", "2026-04"])  # the ledger's day of it is the last one of the points
def test_the_run_off_counts_quiet_months_and_ends_with_the_life_of_the_points(expiry_in: str):
    flow = replay(
        [
            moved("accrual", "2026-01", 100, source="bill", expires="2026-03-31"),
            moved("capture", "2026-01", went=10, expires="2026-03-31"),
            moved("capture", "2026-03", went=45, expires="2026-03-31"),
            moved("expiry", expiry_in, went=45, expires="2026-03-31"),
        ],
        NOW,
    )

    assert flow.run_off.ages(("PTS", "bill")) == [(0, 100, 10), (1, 90, 0), (2, 90, 45)]


movements = st.lists(
    st.builds(
        lambda kind, month, came, went, source, expires, unit, pool: moved(
            kind, month, came, went, source=source if kind == "accrual" else None, expires=expires, unit=unit, pool=pool
        ),
        st.sampled_from(
            ["accrual", "capture", "refund", "expiry", "clawback", "gift", "exchange", "top_up", "adjustment"]
        ),
        st.sampled_from(["2026-01", "2026-02", "2026-05", "2026-11"]),
        st.integers(0, 50),
        st.integers(0, 50),
        st.sampled_from(["bill", "campaign", "sign_up"]),
        st.sampled_from(["2026-03-31", "2026-12-31", "9999-12-31"]),
        st.sampled_from(["PTS", "COIN"]),
        st.integers(0, 1),
    ),
    max_size=25,
)


def left_of(flow: Flow) -> Counter[str]:
    left: Counter[str] = Counter()
    for layer in flow.layers:
        left[layer.key.unit] += layer.left
    left.subtract(flow.unplaced)
    return left


@given(movements)
@settings(deadline=None)
def test_layers_hold_exactly_what_the_ledger_says_and_never_less_than_nothing(moves: list[Movement]):
    flow = replay(moves, NOW)

    assert left_of(flow) == Counter(outstanding(moves))
    for layer in flow.layers:
        assert min(layer.issued, layer.redeemed, layer.moved, layer.expired, layer.undone, layer.left) >= 0


@given(movements, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_in_which_movements_are_read_means_nothing(moves: list[Movement], chance: random.Random):
    shuffled = moves.copy()
    chance.shuffle(shuffled)

    one, other = replay(moves, NOW), replay(shuffled, NOW)

    assert (one.layers, one.unplaced) == (other.layers, other.unplaced)
    assert [one.run_off.ages(kind) for kind in one.run_off.kinds()] == [
        other.run_off.ages(kind) for kind in other.run_off.kinds()
    ]
