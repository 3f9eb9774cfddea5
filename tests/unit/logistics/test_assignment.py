from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.logistics.domain.carriers import Carrier, assign

PLAIN = Carrier("plain", "普通", "Plain", "open_parcel", "http://carrier", "secret", (), 1000, 100, True)


def carrier(code: str, **changes) -> Carrier:
    return replace(PLAIN, code=code, **changes)


def test_the_cheapest_wins_and_the_choice_explains_itself():
    dear, cheap = carrier("dear", first_fen=1200), carrier("cheap", first_fen=800)
    far, off = carrier("far", coverage=("西藏",)), carrier("off", is_active=False)
    chosen = assign([dear, cheap, far, off], "广东省")
    assert chosen.code == "cheap"
    assert chosen.verdicts == {
        "dear": "dearer_or_later", "cheap": "chosen", "far": "not_covering", "off": "inactive",
    }  # fmt: skip


def test_at_the_same_price_the_lower_priority_goes_first():
    assert assign([carrier("b", priority=2), carrier("a", priority=3)], "北京").code == "b"


def test_nobody_carries_there():
    assert assign([carrier("far", coverage=("西藏",))], "广东").code is None


@pytest.mark.parametrize(
    ("covered", "province", "covers"),
    [
        ("广东", "广东省", True),
        ("广东省", "广西壮族自治区", False),
        ("内蒙古自治区", "内蒙古", True),
        ("Guangdong", " guangdong ", True),
        ("Guangdong", "Guangxi", False),
    ],
)
def test_a_province_is_known_by_its_usual_spellings(covered, province, covers):
    assert carrier("one", coverage=(covered,)).covers(province) is covers


def test_avoided_carriers_are_the_last_resort():
    cheap, dear = carrier("cheap", first_fen=1), carrier("dear", first_fen=2)
    assert assign([cheap, dear], "广东", avoid={"cheap"}).code == "dear"
    assert assign([cheap, dear], "广东", avoid={"cheap", "dear"}).code == "cheap"


carriers = st.lists(
    st.builds(
        carrier,
        st.sampled_from("abcdef"),
        first_fen=st.integers(0, 3),
        priority=st.integers(0, 2),
        is_active=st.booleans(),
        coverage=st.sampled_from([(), ("广东",), ("西藏",)]),
    ),
    unique_by=lambda each: each.code,
)


@given(carriers, st.randoms(use_true_random=False))
def test_the_choice_is_able_cheapest_and_independent_of_order(offered, random):
    able = [each for each in offered if each.is_active and each.covers("广东")]
    shuffled = random.sample(offered, len(offered))
    chosen = assign(offered, "广东").code
    assert chosen == assign(shuffled, "广东").code
    assert (chosen is None) == (not able)
    if able:
        picked = next(each for each in able if each.code == chosen)
        assert picked.first_fen == min(each.first_fen for each in able)


def test_who_does_not_collect_cash_carries_only_what_is_paid():
    cheap, dear = carrier("cheap", first_fen=1, collects_cash=False), carrier("dear", first_fen=9)
    assert assign([cheap, dear], "广东").code == "cheap"
    chosen = assign([cheap, dear], "广东", collect_fen=9900)
    assert (chosen.code, chosen.verdicts["cheap"]) == ("dear", "not_collecting")
    assert assign([cheap], "广东", collect_fen=1).code is None
