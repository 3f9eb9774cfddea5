"""Baskets of SKUs as units of elements, and what an import may compose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.contract import GOODS_UNKNOWN, IMPORT_INCONSISTENT, LARGEST_CODES_A_PIECE, own_element
from services.catalog.domain.composition import (
    Part,
    compositions_in,
    merged,
    parts_wanted,
    pieces_by_sku,
    units_by_element,
)
from services.catalog.domain.elements import (
    check_deliveries,
    check_elements,
    check_forms,
    compositions_brought,
    elements_brought,
)
from services.chassis.refusal import Refused

SKUS, ELEMENTS = ["sku_1", "sku_2", "sku_3"], ["elm_a", "elm_b", "elm_c"]
lines = st.lists(
    st.fixed_dictionaries({"sku_id": st.sampled_from(SKUS), "quantity": st.integers(1, 99)}), min_size=1, max_size=6
)
composition = st.lists(
    st.builds(Part, st.sampled_from(ELEMENTS), st.just("parcel"), st.integers(1, 5)),
    min_size=1,
    unique_by=lambda part: part.element_id,
)
compositions = st.fixed_dictionaries(dict.fromkeys(SKUS, composition))
DELIVERIES = {"elm_a": "parcel", "elm_b": "code", "elm_c": "code"}


def test_lines_of_one_sku_are_one_wish_in_the_order_of_ids():
    wishes = [{"sku_id": "b", "quantity": 1}, {"sku_id": "a", "quantity": 2}, {"sku_id": "b", "quantity": 3}]
    assert list(merged(wishes).items()) == [("a", 2), ("b", 4)]


@given(lines=lines, compositions=compositions)
def test_a_basket_needs_of_each_element_what_its_pieces_need(lines, compositions):
    parts = parts_wanted(merged(lines), compositions)
    assert parts == sorted(parts)
    needed = {
        element_id: sum(
            line["quantity"] * part.quantity
            for line in lines
            for part in compositions[line["sku_id"]]
            if part.element_id == element_id
        )
        for element_id in ELEMENTS
    }
    assert units_by_element(parts) == {element_id: units for element_id, units in needed.items() if units}
    assert list(units_by_element(parts)) == sorted(units_by_element(parts))


@given(lines=lines, compositions=compositions)
def test_the_parts_of_a_basket_say_its_pieces_and_compositions(lines, compositions):
    pieces = merged(lines)
    parts = parts_wanted(pieces, compositions)
    assert pieces_by_sku(parts) == pieces
    assert parts_wanted(pieces, compositions_in(parts)) == parts


def test_skus_without_composition_are_named():
    with pytest.raises(Refused) as refusal:
        parts_wanted({"a": 1, "b": 1, "c": 1}, {"b": [Part("e", "parcel", 1)], "c": []})
    assert (refusal.value.code, refusal.value.details) == (GOODS_UNKNOWN, {"sku_ids": ["a", "c"]})


def plain(**changes):
    return {"sku_id": "sku_1", "variant_zh": "黑", "variant_en": "Black", "codes_valid_days": None, **changes}


def composed(*parts, **changes):
    return plain(
        elements=[{"element_id": element_id, "quantity": quantity} for element_id, quantity in parts], **changes
    )


def element(element_id="elm_a", delivery="parcel", **changes):
    return {"element_id": element_id, "delivery": delivery, "codes_valid_days": None, "stock": 1, **changes}


def bringing(*skus, kind="physical", elements=()):
    goods = [{"goods_id": "gds", "kind": kind, "name_zh": "杯", "name_en": "Cup", "skus": list(skus)}]
    return {"goods": goods, "elements": list(elements)}


def why_not(request):
    with pytest.raises(Refused) as refusal:
        check_elements(request)
    return refusal.value.message


def test_a_sku_that_names_no_elements_is_its_own():
    request = bringing(plain(stock=7, codes_valid_days=30), kind="virtual")
    del request["elements"]
    check_elements(request)
    [own] = elements_brought(request)
    assert (own["element_id"], own["delivery"], own["stock"]) == (own_element("sku_1"), "code", 7)
    assert (own["name_zh"], own["codes_valid_days"], own["least_tier"]) == ("杯 黑", 30, "registered")
    row = {"sku_id": "sku_1", "element_id": own_element("sku_1"), "quantity": 1, "position": 0}
    assert compositions_brought(request["goods"]) == [row]


def test_an_element_is_of_the_form_it_names_or_of_its_deliverys_own():
    named = element("elm_b", "code", form="ticket")
    request = bringing(plain(stock=1, form="coupon"), kind="virtual", elements=[element(), named])
    assert [one["form"] for one in elements_brought(request)] == ["parcel", "ticket", "coupon"]


def test_forms_must_exist_and_be_delivered_as_their_elements_are():
    brought = [element("elm_a", "code", form="ticket"), element("elm_b", "parcel", form="box")]
    check_forms(brought, {"ticket": "code", "box": "parcel"})
    for forms, why in (({"box": "parcel"}, "unknown forms"), ({"ticket": "parcel", "box": "parcel"}, "another way")):
        with pytest.raises(Refused, match=IMPORT_INCONSISTENT) as refusal:
            check_forms(brought, forms)
        assert why in refusal.value.message


def test_a_composed_sku_brings_no_element_of_its_own():
    request = bringing(composed(("elm_a", 1), ("elm_b", 2)), elements=[element()])
    check_elements(request)
    unsaid = dict.fromkeys(("codes_of", "provisioner", "product"))
    assert elements_brought(request) == [element(form="parcel", **unsaid)]
    assert [(row["element_id"], row["quantity"]) for row in compositions_brought(request["goods"])] == [
        ("elm_a", 1),
        ("elm_b", 2),
    ]


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (bringing(composed(("elm_a", 1), ("elm_a", 2))), "element_id appears twice"),
        (bringing(elements=[element(), element()]), "element_id appears twice"),
        (bringing(plain(stock=1), elements=[element(own_element("sku_1"))]), "element_id appears twice"),
        *(
            (bringing(composed(("elm_a", 1), **own)), "stock, form, value and days of codes are those of the elements")
            for own in ({"stock": 5}, {"form": "ticket"}, {"codes_valid_days": 5})
        ),
        (bringing(plain()), "a SKU without elements needs the opening stock of its own"),
        (bringing(elements=[element(codes_valid_days=5)]), "only what is delivered by code has codes"),
    ],
)
def test_what_contradicts_itself_is_refused(request_, why):
    assert why_not(request_) == why


@pytest.mark.parametrize(
    ("kind", "parts", "why"),
    [
        ("physical", [("elm_a", 1)], None),
        ("physical", [("elm_a", 1), ("elm_b", LARGEST_CODES_A_PIECE)], None),
        ("virtual", [("elm_b", 1), ("elm_c", 1)], None),
        ("physical", [("elm_b", 1)], "physical goods need an element that is carried"),
        ("virtual", [("elm_a", 1), ("elm_b", 1)], "virtual goods carry nothing"),
        ("virtual", [("elm_b", LARGEST_CODES_A_PIECE), ("elm_c", 1)], "too many codes in a piece"),
    ],
)
def test_elements_fit_the_kind_of_the_goods(kind, parts, why):
    goods = bringing(composed(*parts), kind=kind)["goods"]
    if why is None:
        check_deliveries(goods, DELIVERIES)
        return
    with pytest.raises(Refused) as refusal:
        check_deliveries(goods, DELIVERIES)
    assert (refusal.value.message, refusal.value.details["sku_id"]) == (why, "sku_1")
