"""Lines of several parts: frozen as reserved, delivered part by part, called off only while no code is out."""

import itertools

import pytest
import sqlalchemy as sa

from services.catalog import contract as catalog
from services.catalog.contract import own_element
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.usecases.look_up_orders import get_order
from services.points import contract as points
from tests.integration.orders.goods import BUNDLE, CASE, DATA_PACK, RICE, TOP_UP, parts_of
from tests.integration.orders.kit import NOON, Shop, parcel_data

engine = database_of("orders")


@pytest.fixture
def shop(engine):
    return Shop(engine)


def codes(order, *numbers, sku_id=BUNDLE, element_id=DATA_PACK):
    known = {"sku_id": sku_id, "element_id": element_id, "valid_until": None}
    return {"codes": [{**known, "code": f"{order['order_id']}-{number}"} for number in numbers]}


def issued(shop, order, *numbers, **of):
    return shop.hear(catalog.CODES_ISSUED, order, **codes(order, *numbers, **of))


def delivered(shop, order, line_no=1):
    parcel = parcel_data(f"{line_no}{order['order_id']}", "delivered", [line_no], NOON)
    return shop.hear(logistics.SHIPMENT_DELIVERED, order, **parcel, signed_by="王芳")


def shown(shop, order):
    return contract.GET_ORDER.dump_reply(shop.works.run(get_order, shop.of(order)))


def test_an_order_says_what_its_lines_consist_of(shop):
    order = shop.place((BUNDLE, 1), (TOP_UP, 1))
    own = {"element_id": own_element(TOP_UP), "delivery": "code", "quantity": 1}
    assert [line["parts"] for line in shown(shop, order)["lines"]] == [parts_of(BUNDLE), [own]]
    [confirmed] = shop.events_of(order, contract.ORDER_CONFIRMED)
    assert [line["parts"] for line in confirmed["data"]["lines"]] == [parts_of(BUNDLE), [own]]
    basket = shop.request((BUNDLE, 1))["lines"]
    quote = shop.quote(*basket)
    assert quote["lines"][0]["parts"] == parts_of(BUNDLE)


def test_what_was_reserved_counts_when_the_composition_changed_since_the_quote(shop):
    smaller = [{"element_id": CASE, "delivery": "parcel", "quantity": 3}]

    def reserved(request):
        return shop._held(request) | {"lines": [{"sku_id": BUNDLE, "parts": smaller}]}

    shop.rpc.answers[catalog.RESERVE_STOCK] = reserved
    order = shop.place((BUNDLE, 1))
    assert order["lines"][0]["parts"] == shown(shop, order)["lines"][0]["parts"] == smaller


def test_a_reservation_of_before_there_were_parts_leaves_the_quoted_ones(shop):
    shop.rpc.answers[catalog.RESERVE_STOCK] = shop._held
    order = shop.place((BUNDLE, 1))
    assert shown(shop, order)["lines"][0]["parts"] == parts_of(BUNDLE)


def test_a_bundle_is_delivered_when_all_its_parts_are_in_any_order(shop):
    tellers = (
        lambda order: delivered(shop, order),
        lambda order: issued(shop, order, 1, 2, 3),
        lambda order: issued(shop, order, 3, 4),
    )
    for permutation in itertools.permutations(tellers):
        order = shop.place((BUNDLE, 2))
        shop.hear_points(points.HOLD_CAPTURED, order, shop.row_of(order).points)
        for tell in permutation[:2]:
            tell(order)
        assert shop.status_of(order)[2] in ("none", "partial")
        for tell in (permutation[2], *permutation):
            tell(order)
        assert shop.status_of(order)[::2] == ("confirmed", "delivered")
        assert shop.receive(order)["status"] == "completed"
    assert shop.broken_invariants() == []


def test_a_bundle_with_its_codes_out_and_its_parcel_on_the_way_is_shipped(shop):
    order = shop.place((BUNDLE, 1))
    issued(shop, order, 1, 2)
    assert shop.status_of(order)[::2] == ("confirmed", "partial")
    parcel = parcel_data(order["order_id"], "dispatched", [1])
    shop.hear(logistics.SHIPMENT_DISPATCHED, order, **parcel, estimated_delivery_on=None)
    assert shop.status_of(order)[::2] == ("confirmed", "shipped")


def test_codes_of_one_sku_do_not_serve_another_that_shares_the_element(shop):
    order = shop.place((BUNDLE, 1), (TOP_UP, 1))
    issued(shop, order, 1, 2)
    delivered(shop, order)
    assert shop.status_of(order)[2] == "partial"
    issued(shop, order, 3, sku_id=TOP_UP, element_id=own_element(TOP_UP))
    assert shop.status_of(order)[2] == "delivered"


def test_a_code_that_names_no_element_is_of_the_skus_own(shop):
    order = shop.place((TOP_UP, 1))
    shop.hear_points(points.HOLD_CAPTURED, order, shop.row_of(order).points)
    issued(shop, order, 1, sku_id=TOP_UP, element_id=None)
    assert shop.status_of(order)[::2] == ("completed", "delivered")
    assert shown(shop, order)["codes"][0]["element_id"] == own_element(TOP_UP)


def test_a_bundle_with_codes_cannot_be_called_off_once_it_is_confirmed(shop):
    bundle, rice = shop.place((BUNDLE, 1)), shop.place((RICE, 1))
    with pytest.raises(Refused, match=contract.NOT_CANCELLABLE):
        shop.cancel(bundle)
    assert shop.cancel(rice)["status"] == "cancelled"


def test_a_bundle_whose_codes_go_out_is_not_called_off_when_it_loses_its_points(shop):
    bundle, rice = shop.place((BUNDLE, 1)), shop.place((RICE, 1))
    shop.hear_points(points.HOLD_RELEASED, bundle, 700)
    shop.hear_points(points.HOLD_RELEASED, rice, 300)
    assert (shop.status_of(bundle)[0], shop.status_of(rice)[0]) == ("confirmed", "cancelling")


def test_a_bundle_needs_an_address(shop):
    with pytest.raises(Refused, match=contract.ADDRESS_REQUIRED):
        shop.place((BUNDLE, 1), delivery_address=None)


def test_the_database_itself_keeps_no_line_without_parts(shop, engine):
    shop.place((RICE, 1))
    for parts in ("'[]'", "'{}'", "NULL"):
        with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
            connection.execute(sa.text(f"UPDATE order_line SET parts = {parts}"))  # noqa: S608
