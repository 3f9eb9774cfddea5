from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.logistics.domain.scans import RANK, CarrierScan, status_after
from services.logistics.domain.shipping_states import SHIPMENT

START = datetime(2026, 11, 1, tzinfo=UTC)


def told(status: str, minute: int, event_id: str | None = None) -> CarrierScan:
    event_id = event_id or f"{status}-{minute}"
    return CarrierScan(event_id, "LX1", "shp", status, START + timedelta(minutes=minute), None, None, None)


stories = st.lists(st.builds(told, st.sampled_from(sorted(RANK)), st.integers(0, 6)), max_size=12)


def test_nothing_told_is_dispatched():
    assert status_after([]) == "dispatched"


@given(stories, st.randoms(use_true_random=False))
def test_order_of_arrival_and_repetition_do_not_matter(story, random):
    shuffled = story + random.choices(story, k=5) if story else []
    random.shuffle(shuffled)
    assert status_after(shuffled) == status_after(story)


@given(stories)
def test_each_further_scan_leaves_the_status_or_takes_a_lawful_step(story):
    for count in range(len(story)):
        before, after = status_after(story[:count]), status_after(story[: count + 1])
        assert before == after or SHIPMENT.next(before, after) == after


@given(stories)
def test_the_rank_never_falls(story):
    ranks = [RANK[status_after(story[:count])] for count in range(1, len(story) + 1)]
    assert ranks == sorted(ranks)


@given(stories)
def test_delivered_stays_delivered(story):
    assert status_after([told("delivered", 3), *story]) == "delivered"


def test_a_second_try_follows_a_failed_one():
    story = [told("out_for_delivery", 1), told("delivery_failed", 2)]
    assert status_after(story) == "delivery_failed"
    assert status_after([*story, told("out_for_delivery", 3)]) == "out_for_delivery"


def test_a_depot_clock_that_is_late_does_not_take_a_parcel_back():
    assert status_after([told("in_transit", 5), told("picked_up", 9)]) == "in_transit"
