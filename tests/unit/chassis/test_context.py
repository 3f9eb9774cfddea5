"""What travels with calls and events: kept where it is sound, made anew where it is not."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.context import Context, child_of

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
PARENT = f"00-{TRACE}-{SPAN}-01"
WELL_FORMED = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def test_a_child_stays_in_its_parents_trace_with_a_span_of_its_own() -> None:
    child = child_of(PARENT)
    assert WELL_FORMED.fullmatch(child)
    assert child.split("-")[1] == TRACE and child.split("-")[2] != SPAN and child.split("-")[3] == "01"


@pytest.mark.parametrize(
    "parent",
    [
        None,
        7,
        "",
        "nonsense",
        f"00-{TRACE}-{SPAN}",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{'x' * 32}-{SPAN}-01",
        f"00-{'é' * 32}-{SPAN}-01",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-zz",
        f"00-{TRACE}-{SPAN}-01\n",
        f"00-{TRACE}-{SPAN}-01-more",
    ],
)
def test_a_malformed_parent_starts_a_new_trace(parent: object) -> None:
    child = child_of(parent)
    assert WELL_FORMED.fullmatch(child)
    assert child.split("-")[1] != TRACE


@given(st.text())
def test_whatever_comes_the_trace_is_well_formed(parent: str) -> None:
    assert WELL_FORMED.fullmatch(child_of(parent))


def test_what_is_sent_is_what_is_received() -> None:
    sent = Context("cor_1", PARENT, causation_id="evt_1", actor="member:mbr_1", channel="wap").within(12.5)
    received = Context.from_data({name.removeprefix("nameko."): value for name, value in sent.as_headers().items()})
    assert (received.correlation_id, received.causation_id) == ("cor_1", "evt_1")
    assert (received.actor, received.channel) == ("member:mbr_1", "wap")
    assert received.deadline == pytest.approx(sent.deadline, abs=1)
    assert received.trace_id == TRACE


def test_what_is_not_known_is_not_sent() -> None:
    sent = {name.removeprefix("nameko.") for name in Context("cor_1", PARENT).as_headers()}
    assert sent == {"correlation_id", "traceparent", "actor", "channel"}


@pytest.mark.parametrize("deadline", [None, "soon", [], {}])
def test_a_deadline_that_is_none_means_no_hurry(deadline: object) -> None:
    received = Context.from_data({"deadline": deadline})
    assert received.deadline is None and received.seconds_left() is None
    assert (received.actor, received.channel) == ("system", "internal")
    assert received.correlation_id.startswith("cor_")


def test_a_deadline_only_ever_comes_nearer() -> None:
    soon = Context("cor_1", PARENT).within(5)
    assert soon.deadline == pytest.approx(time.monotonic() + 5, abs=1)
    assert soon.within(60).deadline == soon.deadline
    sooner = soon.within(1)
    assert sooner.deadline is not None and soon.deadline is not None and sooner.deadline < soon.deadline
    left = sooner.seconds_left()
    assert left is not None and 0 < left <= 1


@pytest.mark.parametrize("by_s", [86_400, -3_600])
def test_a_clock_that_steps_leaves_a_request_as_long_as_it_had(by_s: int, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way, right = Context("cor_1", PARENT).within(5), time.time
    monkeypatch.setattr(time, "time", lambda: right() + by_s)
    left = under_way.seconds_left()
    assert left is not None and 0 < left <= 5


@pytest.mark.parametrize("by_s", [86_400, -3_600])
def test_where_clocks_disagree_by_more_than_anybody_waits_a_deadline_counts_for_nothing(by_s: int) -> None:
    received = Context.from_data({"deadline": time.time() + 3 + by_s})
    assert received.deadline is None
    assert Context.from_data({"deadline": time.time() + 3}).deadline is not None


def test_who_comes_after_the_deadline_has_less_than_nothing_left() -> None:
    left = Context.from_data({"deadline": time.time() - 3}).seconds_left()
    assert left is not None and left < 0
