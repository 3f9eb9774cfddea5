import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import STOCK_INSUFFICIENT
from services.catalog.domain.allocation import Terms, allocate
from services.catalog.domain.composition import WantedPart, units_by_element
from services.catalog.domain.parcels import FEWEST_PARCELS, Level, Portion, Site, Weights
from services.chassis.refusal import Refused

WEIGHTS = Weights(FEWEST_PARCELS, parcel=1000, distance=1, priority=10, stock=0)
ELEMENTS = ["elm_a", "elm_b", "elm_c"]
levels = st.lists(
    st.builds(Level, st.sampled_from(ELEMENTS), st.sampled_from(["w1", "w2", "w3"]), st.integers(0, 20)),
    unique_by=lambda level: (level.element_id, level.place_id),
)
wishes = st.lists(
    st.builds(
        WantedPart,
        st.sampled_from(["sku_1", "sku_2", "sku_3"]),
        st.sampled_from(ELEMENTS),
        st.just("parcel"),
        st.integers(1, 9),
        st.integers(1, 3),
    ),
    min_size=1,
    unique_by=lambda part: (part.sku_id, part.element_id),
).map(sorted)


def part(element_id, pieces, quantity=1, sku_id="s"):
    return WantedPart(sku_id, element_id, "parcel", pieces, quantity)


def terms(*place_ids):
    """Sites in the order of use."""
    return Terms([Site(place_id, 0, priority) for priority, place_id in enumerate(place_ids)], WEIGHTS)


def test_one_warehouse_that_has_all_is_preferred_to_two_parcels():
    assert allocate([part("a", 5)], [Level("a", "w1", 3), Level("a", "w2", 5)], terms("w1", "w2")) == [
        Portion("a", "w2", 5)
    ]


def test_the_first_warehouse_in_order_of_use_goes_first():
    assert allocate([part("a", 5)], [Level("a", "w2", 4), Level("a", "w1", 3)], terms("w2", "w1")) == [
        Portion("a", "w1", 1),
        Portion("a", "w2", 4),
    ]


def test_a_bundle_and_a_single_that_share_an_element_do_not_each_pass_the_check():
    parts = [part("case", 2, 2, "bundle"), part("phone", 2, 1, "bundle"), part("case", 2, 1, "single")]
    stock = [Level("case", "w", 5), Level("phone", "w", 2)]
    with pytest.raises(Refused) as refusal:
        allocate(parts, stock, terms("w"))
    short = {"element_id": "case", "wanted": 6, "available": 5}
    assert refusal.value.details == {"shortages": [{"sku_id": "bundle", **short}, {"sku_id": "single", **short}]}
    assert allocate(parts[:2], stock, terms("w")) == [Portion("case", "w", 4), Portion("phone", "w", 2)]


@given(parts=wishes, levels=levels)
def test_all_or_nothing_and_never_more_than_a_warehouse_has(parts, levels):
    wanted = units_by_element(parts)
    free = {(level.element_id, level.place_id): level.free for level in levels}
    available = {element: sum(units for (of, _), units in free.items() if of == element) for element in wanted}
    try:
        portions = allocate(parts, levels, terms("w1", "w2", "w3"))
    except Refused as refusal:
        short = [(p.sku_id, p.element_id) for p in parts if available[p.element_id] < wanted[p.element_id]]
        assert short
        assert refusal.code == STOCK_INSUFFICIENT
        assert [(line["sku_id"], line["element_id"]) for line in refusal.details["shortages"]] == short
        return
    assert portions == sorted(portions)
    taken = {element: sum(p.quantity for p in portions if p.element_id == element) for element in wanted}
    assert taken == wanted
    assert all(0 < portion.quantity <= free[portion.element_id, portion.place_id] for portion in portions)
    assert len({(portion.element_id, portion.place_id) for portion in portions}) == len(portions)


def test_what_is_carried_comes_from_the_sites_alone_and_codes_from_anywhere():
    parts = [part("a", 2), WantedPart("s", "code", "code", 1, 3)]
    stock = [Level("a", "closed", 9), Level("a", "open", 1), Level("code", "closed", 2), Level("code", "open", 2)]
    with pytest.raises(Refused) as refusal:
        allocate(parts, stock, terms("open"))
    shortage = {"sku_id": "s", "element_id": "a", "wanted": 2, "available": 1}
    assert refusal.value.details == {"shortages": [shortage]}
    assert allocate([part("a", 1), parts[1]], stock, terms("open")) == [
        Portion("a", "open", 1),
        Portion("code", "closed", 2),
        Portion("code", "open", 1),
    ]
