import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import GOODS_UNKNOWN, STOCK_INSUFFICIENT
from services.catalog.domain.allocation import Level, Portion, allocate, merged
from services.chassis.refusal import Refused

SKUS = ["sku_a", "sku_b", "sku_c"]
levels = st.lists(
    st.builds(Level, st.sampled_from(SKUS), st.sampled_from(["w1", "w2", "w3"]), st.integers(0, 20)),
    unique_by=lambda level: (level.sku_id, level.warehouse_id),
)
wishes = st.lists(st.fixed_dictionaries({"sku_id": st.sampled_from(SKUS), "quantity": st.integers(1, 20)}), min_size=1)


def test_lines_of_one_sku_are_one_wish_in_the_order_of_ids():
    lines = [{"sku_id": "b", "quantity": 1}, {"sku_id": "a", "quantity": 2}, {"sku_id": "b", "quantity": 3}]
    assert list(merged(lines).items()) == [("a", 2), ("b", 4)]


def test_one_warehouse_that_has_all_is_preferred_to_two_parcels():
    assert allocate({"a": 5}, [Level("a", "w1", 3), Level("a", "w2", 5)]) == [Portion("a", "w2", 5)]


def test_the_first_warehouse_in_order_of_use_goes_first():
    assert allocate({"a": 5}, [Level("a", "w2", 4), Level("a", "w1", 3)]) == [
        Portion("a", "w1", 1),
        Portion("a", "w2", 4),
    ]


def test_unknown_skus_are_named_before_shortages():
    with pytest.raises(Refused) as refusal:
        allocate({"a": 5, "b": 1}, [Level("a", "w", 1)])
    assert (refusal.value.code, refusal.value.details) == (GOODS_UNKNOWN, {"sku_ids": ["b"]})


@given(lines=wishes, levels=levels)
def test_all_or_nothing_and_never_more_than_a_warehouse_has(lines, levels):
    wanted = merged(lines)
    free = {(level.sku_id, level.warehouse_id): level.free for level in levels}
    available = {sku: sum(units for (of, _), units in free.items() if of == sku) for sku in wanted}
    try:
        portions = allocate(wanted, levels)
    except Refused as refusal:
        unknown = [sku for sku in wanted if not any(level.sku_id == sku for level in levels)]
        short = [sku for sku in wanted if available[sku] < wanted[sku]]
        assert short
        if refusal.code == GOODS_UNKNOWN:
            assert refusal.details["sku_ids"] == unknown
        else:
            assert refusal.code == STOCK_INSUFFICIENT
            assert [line["sku_id"] for line in refusal.details["shortages"]] == short
        return
    assert portions == sorted(portions)
    assert merged(vars(portion) for portion in portions) == wanted
    assert all(0 < portion.quantity <= free[portion.sku_id, portion.warehouse_id] for portion in portions)
    assert len({(portion.sku_id, portion.warehouse_id) for portion in portions}) == len(portions)
