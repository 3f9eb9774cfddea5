"""What is left of an order of which pieces are called off, or were refused."""

import pytest

from services.orders.domain.fulfilment import LineToDeliver, Parcel, PartToDeliver, fulfilment_status, lines_left
from services.orders.domain.provisioning import Provisioning, lines_apart

CUP = PartToDeliver("elm_cup", "parcel", 1)
CREDIT = PartToDeliver("elm_credit", "provision", 1, "topup")
CODE = PartToDeliver("elm_code", "code", 1)


def line(number, *parts, quantity=1):
    return LineToDeliver(number, f"sku_{number}", quantity, parts)


def test_lines_are_as_long_as_what_is_left_of_them():
    lines = (line(1, CUP, quantity=3), line(2, CUP))
    assert [(one.line_no, one.quantity) for one in lines_left(lines, {1: 2, 2: 1})] == [(1, 1)]
    assert lines_left(lines, {}) == lines == lines_left(lines, {1: 3, 2: 1})


def test_a_line_that_will_never_come_is_not_waited_for():
    lines, parcels = (line(1, CUP), line(2, CUP)), [Parcel("delivered", (1,)), Parcel("cancelled", (1, 2))]
    assert fulfilment_status(lines, parcels, ()) == "partial"
    assert fulfilment_status(lines_left(lines, {2: 1}), parcels, ()) == "delivered"


@pytest.mark.parametrize(
    ("lines", "states", "apart", "are_all"),
    [
        ((line(1, CREDIT), line(2, CUP)), {1: ["failed"]}, {1}, True),
        ((line(1, CREDIT), line(2, CREDIT)), {1: ["failed"], 2: ["succeeded"]}, {1}, True),
        ((line(1, CREDIT), line(2, CREDIT)), {1: ["failed"], 2: ["failed"]}, set(), False),
        ((line(1, CREDIT),), {1: ["failed"]}, set(), False),
        ((line(1, CUP, CREDIT), line(2, CUP)), {1: ["failed"]}, {1}, True),
        ((line(1, CODE, CREDIT), line(2, CUP)), {1: ["failed"]}, set(), False),
        ((line(1, CREDIT, CREDIT), line(2, CUP)), {1: ["failed", "succeeded"]}, set(), False),
        ((line(1, CREDIT), line(2, CODE, CREDIT)), {1: ["failed"], 2: ["reversed"]}, {1}, False),
    ],
)
def test_a_line_is_apart_if_the_order_can_go_on_without_it(lines, states, apart, are_all):
    told = [
        Provisioning(no, f"elm_{place}", "topup", state) for no, of in states.items() for place, state in enumerate(of)
    ]
    found = lines_apart(lines, told)
    assert (found.line_nos, found.are_all) == (apart, are_all)
