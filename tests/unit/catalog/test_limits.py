"""Limits: under which day use is counted, when counting begins anew, what a refusal says."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import LIMIT_PERIODS, LIMIT_REACHED, SET_LIMIT
from services.catalog.domain.composition import WantedPart
from services.catalog.domain.limits import WHOLE_TIME, Limit, Use, limit_reached, quantities_wanted, uses_of
from services.chassis.clock import local_date
from services.chassis.refusal import Refused

END = datetime(2026, 12, 12, 16, tzinfo=UTC)
DAYS = st.dates(date(2020, 1, 1), date(2199, 12, 30))


def limit(period="day", subject="s", most=2, **changes):
    return Limit(f"lim-{period}-{subject}", subject, period, most, **changes)


@given(DAYS, DAYS)
def test_days_are_counted_together_exactly_until_the_period_ends(one, other):
    for period in LIMIT_PERIODS:
        counted = limit(period, window_until=END)
        ends_at = counted.ends_at(one)
        if period in ("day", "month"):
            together = counted.period_start(one) == counted.period_start(other)
            same = one == other if period == "day" else (one.year, one.month) == (other.year, other.month)
            assert together == same
            assert counted.period_start(local_date(ends_at)) > counted.period_start(one)
            assert counted.period_start(local_date(ends_at - timedelta(microseconds=1))) == counted.period_start(one)
        else:
            assert counted.period_start(one) == counted.period_start(other) == WHOLE_TIME
            assert ends_at == (END if period == "campaign" else None)


def test_pieces_are_counted_for_skus_and_goods_and_units_for_elements():
    parts = [WantedPart("sku-1", "case", "parcel", 3, 2), WantedPart("sku-2", "case", "parcel", 1, 1)]
    wanted = quantities_wanted(parts, {"sku-1": "gds", "sku-2": "gds"})
    assert wanted == {"case": 7, "sku-1": 3, "sku-2": 1, "gds": 4}


def test_uses_come_in_one_order_and_only_of_what_is_wanted():
    limits = [limit(subject="b"), limit(subject="a"), limit(subject="c")]
    today = date(2026, 11, 22)
    assert uses_of(limits, {"a": 1, "b": 5}, today) == [Use("lim-day-a", today, 1, 2), Use("lim-day-b", today, 5, 2)]


def test_a_refusal_says_the_limit_what_was_used_and_when_it_ends():
    limits, today = [limit("month", "s", 3), limit("ever", "e", 1)], date(2026, 12, 5)
    refusal = limit_reached(limits, uses_of(limits, {"s": 2, "e": 2}, today), {"lim-month-s": 2}, today)
    month = {"limit_id": "lim-month-s", "subject": "s", "period": "month", "most": 3, "used": 2, "wanted": 2}
    ever = {"limit_id": "lim-ever-e", "subject": "e", "period": "ever", "most": 1, "used": 0, "wanted": 2}
    named = [{**ever, "ends_at": None}, {**month, "ends_at": "2026-12-31T16:00:00.000Z"}]
    assert (refusal.code, refusal.details) == (LIMIT_REACHED, {"limits": named})


WISH = {"request_id": "r", "subject": "gds_" + "a" * 32, "most": 1, "reason": "why"}
FROM, UNTIL = "2026-12-11T16:00:00Z", "2026-12-12T16:00:00Z"


@pytest.mark.parametrize(
    "window",
    [
        {"period": "campaign"},
        {"period": "campaign", "window_from": FROM},
        {"period": "campaign", "window_from": UNTIL, "window_until": FROM},
        {"period": "campaign", "window_from": FROM, "window_until": FROM},
        {"period": "day", "window_from": FROM, "window_until": UNTIL},
        {"period": "ever", "window_until": UNTIL},
    ],
)
def test_a_campaign_has_a_window_and_nothing_else_has_one(window):
    with pytest.raises(Refused) as refusal:
        SET_LIMIT.load_request({**WISH, **window})
    assert list(refusal.value.details["fields"]) == ["window_until"]


def test_limits_of_every_period_are_read():
    for period in LIMIT_PERIODS:
        window = {"window_from": FROM, "window_until": UNTIL} if period == "campaign" else {}
        assert SET_LIMIT.load_request({**WISH, "period": period, **window})["period"] == period
