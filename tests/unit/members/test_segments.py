"""Rules of segments, and files of members."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.refusal import Refused
from services.members.contract import SEGMENT_RULE_INVALID
from services.members.domain.segments import LABEL, SegmentRule, read_names

EARLY, LATE = datetime(2019, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("rule", "lifts"),
    [
        (SegmentRule(), True),
        (SegmentRule(["gold"]), False),
        (SegmentRule(joined_from=EARLY), False),
        (SegmentRule(joined_before=LATE), False),
        (SegmentRule(["red"], EARLY, LATE), False),
    ],
)
def test_a_rule_that_says_nothing_lifts(rule: SegmentRule, lifts: bool) -> None:
    rule.check()
    assert rule.lifts is lifts


@pytest.mark.parametrize(
    "rule", [SegmentRule(["platinum"]), SegmentRule([], LATE, EARLY), SegmentRule([], EARLY, EARLY)]
)
def test_a_rule_that_nobody_can_meet_is_refused(rule: SegmentRule) -> None:
    with pytest.raises(Refused) as refusal:
        rule.check()
    assert refusal.value.code == SEGMENT_RULE_INVALID


@pytest.mark.parametrize(("label", "fits"), [("vip", True), ("a-1", True), ("Vip", False), ("1a", False), ("", False)])
def test_labels(label: str, fits: bool) -> None:
    assert bool(LABEL.fullmatch(label)) is fits


def test_a_file_has_one_name_a_line() -> None:
    member = "mbr_" + "0" * 32
    assert read_names(f"# staff\n\n S2 \nS1\r\nS2\n{member}\n#S3") == (["S1", "S2"], [member])


@given(st.lists(st.from_regex(r"\AS[0-9]{1,6}\Z")), st.lists(st.from_regex(r"\Ambr_[0-9a-f]{32}\Z")))
def test_no_name_is_lost_or_doubled(numbers: list[str], members: list[str]) -> None:
    assert read_names("\n".join([*numbers, *members])) == (sorted(set(numbers)), sorted(set(members)))
