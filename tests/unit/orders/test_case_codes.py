"""Which codes a piece is: every code of an order is of exactly one piece."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from services.orders.domain.aftersale.codes import codes_of_units, have_codes


@st.composite
def orders_with_codes(draw):
    """Lines, of which some are of one SKU, and all of their codes, in any order."""
    each = {sku: draw(st.integers(1, 3)) for sku in ("one", "two")}
    skus = draw(st.lists(st.sampled_from(sorted(each)), min_size=1, max_size=4))
    lines = [
        {
            "line_no": number + 1,
            "sku_id": sku,
            "quantity": draw(st.integers(1, 4)),
            "parts": [
                {"element_id": "box", "delivery": "parcel", "quantity": 1},
                {"element_id": "pack", "delivery": "code", "quantity": each[sku]},
            ],
        }
        for number, sku in enumerate(skus)
    ]
    codes = [
        SimpleNamespace(sku_id=line["sku_id"], element_id="pack", code=f"{line['line_no']}-{number}")
        for line in lines
        for number in range(line["quantity"] * each[line["sku_id"]])
    ]
    return lines, draw(st.permutations(codes))


def pieces(lines):
    return [SimpleNamespace(line_no=at["line_no"], unit_no=no + 1) for at in lines for no in range(at["quantity"])]


@given(orders_with_codes())
def test_every_code_is_of_one_piece_however_they_came(order):
    lines, codes = order
    of_pieces = [codes_of_units(lines, codes, [piece]) for piece in pieces(lines)]
    assert all(of_pieces)
    assert sorted(code for found in of_pieces for code in found) == sorted(row.code for row in codes)
    assert codes_of_units(lines, codes, pieces(lines)) == [code for found in of_pieces for code in found]
    assert of_pieces == [codes_of_units(lines, sorted(codes, key=lambda row: row.code), [p]) for p in pieces(lines)]


@given(orders_with_codes(), st.data())
def test_nothing_is_certain_before_all_are_there(order, data):
    lines, codes = order
    missing = data.draw(st.sampled_from(codes))
    of_its_sku = [piece for piece in pieces(lines) if lines[piece.line_no - 1]["sku_id"] == missing.sku_id]
    assert codes_of_units(lines, [row for row in codes if row is not missing], of_its_sku[:1]) is None


def test_pieces_that_are_only_carried_have_none():
    lines = [{"line_no": 1, "sku_id": "one", "quantity": 1, "parts": [{"delivery": "parcel"}]}]
    assert not have_codes(lines, pieces(lines))
    assert codes_of_units(lines, [], pieces(lines)) == []
