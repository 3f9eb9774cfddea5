from datetime import timedelta

import pytest

from services.logistics.domain.parcels import parcels_of
from services.logistics.domain.retrying import pause_after


def line(line_no: int, merchant: str, kind: str = "physical") -> dict:
    return {"line_no": line_no, "merchant_id": merchant, "kind": kind, "name_zh": "杯", "quantity": 2, "points": 5}


def test_one_parcel_a_merchant_with_its_physical_lines_only():
    parcels = parcels_of([line(1, "a"), line(2, "b"), line(3, "a", "virtual"), line(4, "a")])
    assert [(parcel.merchant_id, [each["line_no"] for each in parcel.lines]) for parcel in parcels] == [
        ("a", [1, 4]),
        ("b", [2]),
    ]
    assert parcels[0].lines[0] == {"line_no": 1, "name_zh": "杯", "quantity": 2}


def test_virtual_goods_need_no_parcel():
    assert parcels_of([line(1, "a", "virtual")]) == []


@pytest.mark.parametrize(("failures", "seconds"), [(0, 5), (1, 5), (2, 10), (4, 40), (9, 600), (10_000, 600)])
def test_pauses_double_up_to_a_limit(failures, seconds):
    assert pause_after(failures, 5, 600) == timedelta(seconds=seconds)
