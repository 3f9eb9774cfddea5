"""What is always so of the liability, whatever is booked in which order; and what does not tie is a fault."""

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.points.domain.liability.breakage import Evidence
from services.points.domain.liability.cost_flow import replay
from services.points.domain.liability.layers import Movement
from services.points.domain.liability.ledger import DoesNotTie, require_ties
from services.points.domain.liability.measured import Measured
from services.points.domain.liability.months import Month
from services.points.domain.liability.recognition import (
    MILLION,
    allocate,
    recognised,
    whole,
)
from services.points.domain.liability.report import NEVER_CLOSED, Worked
from services.points.domain.liability.rows import ledger_rows
from tests.unit.points import liability_story as story
from tests.unit.points.liability_story import (
    LINES,
    closed,
    fen_of,
    known,
    ledger_of,
    moved,
    report_of,
)

amounts = st.integers(0, 10**12)


@given(amounts, amounts, amounts)
def test_both_parts_of_a_price_sum_to_it(price: int, goods: int, points: int):
    parts = allocate(price, goods + 1, points)

    assert sum(parts) == price
    assert min(parts) >= 0


@given(amounts, amounts, amounts)
def test_never_more_is_earned_than_was_allocated(allocated: int, redeemed: int, expected: int):
    assert 0 <= recognised(allocated, redeemed, expected) <= allocated


@given(amounts, amounts, st.integers(0, 1000), st.integers(1, 10**9))
def test_who_redeems_more_earns_no_less(allocated: int, redeemed: int, more: int, expected: int):
    assert recognised(allocated, redeemed, expected) <= recognised(allocated, redeemed + more, expected)


@given(st.integers(0, 10**15))
def test_half_a_fen_counts_as_one(amount: int):
    assert abs(whole(amount) * MILLION - amount) <= MILLION // 2


months = st.lists(
    st.lists(
        st.builds(
            lambda kind, came, went, source, expires, unit: (kind, came, went, source, expires, unit),
            st.sampled_from(["accrual", "capture", "refund", "expiry", "clawback", "gift", "exchange", "adjustment"]),
            st.integers(0, 5_000),
            st.integers(0, 5_000),
            st.sampled_from(["bill", "campaign"]),
            st.sampled_from(["2026-02-28", "2026-04-30", "2028-12-31"]),
            st.sampled_from(["PTS", "COIN"]),
        ),
        max_size=6,
    ),
    min_size=1,
    max_size=6,
)
shares = st.lists(st.integers(0, MILLION), min_size=6, max_size=6)


def booked(deed: tuple, month: str) -> Movement:
    kind, came, went, source, expires, unit = deed
    return moved(kind, month, came, went, source=source if kind == "accrual" else None, expires=expires, unit=unit)


def close_one_by_one(deeds: list[list[tuple]], breakages: list[int], evidence: Evidence) -> list[Worked]:
    """The months of 2026, each closed before the next; what is booked in one may have happened in the one before."""
    last, booked_by_now, reports = NEVER_CLOSED, [], []
    for place, batch in enumerate(deeds):
        month, before = Month.parse("2026-01").later(place), Month.parse("2026-01").later(max(place - 1, 0))
        fresh = [booked(deed, str(before if number % 4 == 3 else month)) for number, deed in enumerate(batch)]
        given_now = story.given(breakages[place], evidence=evidence, sale_price=30 * MILLION)
        worked = report_of([*known(booked_by_now), *fresh], str(month), given_now, last)
        booked_by_now += fresh
        last, reports = closed(worked), [*reports, worked]
    return reports


@given(months, shares, st.booleans())
@settings(deadline=None)
def test_every_fen_of_every_month_is_accounted_for(deeds: list[list[tuple]], breakages: list[int], history: bool):
    reports = close_one_by_one(deeds, breakages, Evidence(2, 1) if history else story.NO_HISTORY)

    openings: dict[str, int] = {}
    for worked in reports:
        units = {row["unit"]: row for row in worked.report["units"]}
        for unit, row in units.items():
            fen, points = row["fen"], row["points"]
            released = fen["undone"] + fen["redeemed"] + fen["expired"] + fen["re_estimated"]
            assert fen["opening"] + fen["deferred"] + fen["moved"] - released == fen["closing"]
            assert fen["opening"] == openings.get(unit, 0)
            for name in LINES:
                assert fen[name] == sum(each["fen"][name] for each in worked.report["sources"] if each["unit"] == unit)
            rows = [each for each in worked.report["outstanding"] if each["unit"] == unit]
            assert (fen["closing"], points["closing"]) == (sum_of(rows, "deferred_fen"), sum_of(rows, "points"))
            moved_points = sum(each["came"] - each["went"] for each in points["movements"])
            assert points["opening"] + moved_points == points["closing"]
        openings = {unit: row["fen"]["closing"] for unit, row in units.items()}
        for layer in (Measured.from_row(row) for row in worked.layers):
            assert 0 <= layer.earned <= layer.kept <= layer.allocated
            assert layer.left >= 0
            assert layer.deferred == 0 or layer.left > 0


exchanged = st.lists(
    st.tuples(st.integers(1, 50), st.integers(0, 5_000), st.sampled_from(["bill", "campaign"])), min_size=1, max_size=8
)


@given(exchanged, st.integers(0, MILLION))
@settings(deadline=None)
def test_what_moves_from_one_unit_to_another_is_neither_made_nor_lost(deeds: list[tuple], breakage: int):
    """``coins`` out of a hundred times as many points, and ``more`` points that stay."""
    movements = [
        each
        for number, (coins, more, source) in enumerate(deeds)
        for each in (
            moved("accrual", f"2026-0{number + 1}", 100 * coins + more, source=source),
            moved("exchange", f"2026-0{number + 1}", went=100 * coins),
            moved("exchange", f"2026-0{number + 1}", coins, unit="COIN"),
        )
    ]

    worked = report_of(movements, "2026-08", story.given(breakage, sale_price=30 * MILLION))

    assert fen_of(worked)["moved"] == -fen_of(worked, "COIN")["moved"] <= 0


@given(months, shares, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_bookings_means_nothing(deeds: list[list[tuple]], breakages: list[int], chance: random.Random):
    movements = [booked(deed, f"2026-0{place + 1}") for place, batch in enumerate(deeds) for deed in batch]
    shuffled = movements.copy()
    chance.shuffle(shuffled)
    assumed = story.given(breakages[0], sale_price=30 * MILLION)

    assert report_of(movements, "2026-06", assumed) == report_of(shuffled, "2026-06", assumed)


@given(months, shares)
@settings(deadline=None)
def test_when_all_is_over_all_is_earned_or_undone(deeds: list[list[tuple]], breakages: list[int]):
    """Years later, with every bucket expired, nothing is deferred: in all, what came was redeemed, lost or undone."""
    reports = close_one_by_one(deeds, breakages, story.NO_HISTORY)
    last = closed(reports[-1])
    movements = [booked(deed, f"2026-0{place + 1}") for place, batch in enumerate(deeds) for deed in batch]
    end = report_of(known(movements), "2029-01", story.given(), replace(last, ledger=ledger_rows(movements)))

    assert all(row["fen"]["closing"] == 0 for row in end.report["units"])


def sum_of(rows: list[dict[str, Any]], name: str) -> int:
    return sum(row[name] for row in rows)


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ({"wallets": {"PTS": 99}}, "on the wallets"),
        ({"beyond": {"PTS": 1}}, "on the wallets"),
        ({"others": {"PTS": -99}}, "all other accounts"),
        ({"wallets": {"PTS": 100, "COIN": 1}}, "COIN on the wallets"),
    ],
)
def test_a_difference_is_a_fault(damage: dict[str, Any], complaint: str):
    movements = [moved("accrual", "2026-01", 100, source="bill")]
    flow = replay(movements, Month.parse("2026-01"))
    require_ties(ledger_of(movements), flow, [])

    with pytest.raises(DoesNotTie, match=complaint):
        require_ties(replace(ledger_of(movements), **damage), flow, [])


def test_an_opening_that_is_not_the_last_closing_is_a_fault():
    march = [moved("accrual", "2026-03", 1_000, source="bill")]
    first = closed(report_of(march, "2026-03", story.given()))

    with pytest.raises(DoesNotTie, match="what the last close knew"):
        report_of(march, "2026-04", story.given(), first)  # the ledger has lost what was closed
    with pytest.raises(DoesNotTie, match="what the last close knew"):
        report_of(known([*march, *march]), "2026-04", story.given(), first)


def test_layers_are_kept_as_they_were():
    worked = report_of([moved("accrual", "2026-03", 1_000, source="bill")], "2026-03", story.given())

    assert [Measured.from_row(row).as_row() for row in worked.layers] == worked.layers
