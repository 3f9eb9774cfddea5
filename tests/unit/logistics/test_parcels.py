from datetime import timedelta

import pytest

from services.logistics.domain.parcels import parcels_of
from services.logistics.domain.retrying import pause_after


def line(line_no: int, merchant: str, *deliveries: str, kind: str = "physical") -> dict:
    plain = {"line_no": line_no, "merchant_id": merchant, "kind": kind, "name_zh": "杯", "quantity": 2, "cash_fen": 5}
    parts = [{"element_id": f"elm_{delivery}", "delivery": delivery, "quantity": 1} for delivery in deliveries]
    return {**plain, "parts": parts}


def test_one_parcel_a_merchant_with_its_lines_that_are_carried_only():
    lines = [line(1, "a", "parcel"), line(2, "b", "parcel", "code"), line(3, "a", "code"), line(4, "a", "parcel")]
    parcels = parcels_of(lines)
    assert [(parcel.merchant_id, [each["line_no"] for each in parcel.lines]) for parcel in parcels] == [
        ("a", [1, 4]),
        ("b", [2]),
    ]
    assert parcels[0].lines[0] == {"line_no": 1, "name_zh": "杯", "quantity": 2}


def test_a_parcel_knows_what_its_lines_cost_in_cash():
    lines = [line(1, "a", "parcel"), line(2, "b", "parcel"), line(3, "a", "code"), line(4, "a", "parcel")]
    assert {parcel.merchant_id: parcel.cash_fen for parcel in parcels_of(lines)} == {"a": 10, "b": 5}


def test_codes_need_no_parcel():
    assert parcels_of([line(1, "a", "code"), line(2, "a", "code", "code")]) == []


def test_lines_of_before_there_were_parts_are_carried_if_they_are_physical():
    parcels = parcels_of([line(1, "a"), line(2, "a", kind="virtual")])
    assert [each["line_no"] for parcel in parcels for each in parcel.lines] == [1]


@pytest.mark.parametrize(("failures", "seconds"), [(0, 5), (1, 5), (2, 10), (4, 40), (9, 600), (10_000, 600)])
def test_pauses_double_up_to_a_limit(failures, seconds):
    assert pause_after(failures, 5, 600) == timedelta(seconds=seconds)
