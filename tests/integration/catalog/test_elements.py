"""Elements: brought in once, shared by goods, frozen with every order."""

import pytest
import sqlalchemy as sa

from services.catalog import contract
from services.catalog.contract import CODES_ISSUED, ELEMENT_NEEDED, IMPORT_INCONSISTENT, STOCK_INSUFFICIENT, own_element
from services.catalog.usecases.commit_confirmed_order import ConfirmedOrderUnserved, commit_confirmed_order
from services.catalog.usecases.receive_stock import receive_stock
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.settle_expired_reservations import settle
from services.chassis.ids import new_id
from services.chassis.refusal import INVALID_REQUEST, Refused
from services.chassis.testkit import database_of, emitted, works_on
from tests.integration.catalog.shop import (
    bring_in,
    broken_invariants,
    bundle,
    bundled,
    codes_issued_to,
    confirmed,
    element,
    ended,
    goods,
    level,
    level_of,
    new_order,
    quoted,
    reserve,
    seen,
    sku,
    stocked,
)

engine = database_of("catalog")
NAMED = {"name_zh": "原子", "name_en": "Element"}


@pytest.fixture
def works(engine):
    works = works_on(engine)
    yield works
    assert broken_invariants(works) == []


@pytest.fixture
def kit(works):
    """A phone, a case and data packs by code, as elements: their ids."""
    elements = [element(5, name_zh="手机", name_en="Phone"), element(9), element(20, "code", codes_valid_days=30)]
    bring_in(works, elements=elements)
    return [one["element_id"] for one in elements]


def refused(works, *imported, **changes):
    with pytest.raises(Refused) as refusal:
        bring_in(works, *imported, **changes)
    assert refusal.value.code == IMPORT_INCONSISTENT
    return refusal.value


def receive(works, quantity, **thing):
    request = {"request_id": new_id("req"), **thing, "quantity": quantity, "reason": "补货", "actor": "ops:li"}
    loaded = contract.RECEIVE_STOCK.load_request(request)
    return contract.RECEIVE_STOCK.dump_reply(works.run(lambda w, r: receive_stock(w, r, bytes), loaded))


def pieces_shown(works, one):
    return seen(works, one["goods_id"])["skus"][0]["in_stock"]


def test_opening_stock_is_of_the_element_and_only_ever_once(engine, works):
    phone = element(5)
    bring_in(works, elements=[phone])
    bring_in(works, goods(skus=[bundle((phone["element_id"], 1))]), elements=[{**phone, "stock": 99}])
    assert level_of(engine, phone["element_id"]) == (5, 0)


def test_what_a_sku_consists_of_is_shown_with_how_many_pieces_there_are(works, kit):
    phone, case, data = kit
    one = goods(skus=[bundle((phone, 1), (case, 2), (data, 3))], least_tier="blue")
    bring_in(works, one)
    [found] = seen(works, one["goods_id"])["skus"]
    assert [(part["element_id"], part["delivery"], part["quantity"]) for part in found["parts"]] == [
        (phone, "parcel", 1),
        (case, "parcel", 2),
        (data, "code", 3),
    ]
    assert (found["parts"][0]["name_zh"], found["least_tier"]) == ("手机", "blue")
    assert found["in_stock"] == 4  # nine cases, two a piece
    reserve(works, new_order(), (bundled(works, (data, 4), kind="virtual"), 3))
    assert pieces_shown(works, one) == 2  # eight data packs are left, three a piece


def test_the_quote_names_the_parts_and_asks_for_the_highest_tier(works, kit):
    noble = element(5, least_tier="gold")
    bring_in(works, elements=[noble])
    thing = bundle((kit[0], 1), (noble["element_id"], 2))
    bring_in(works, goods(skus=[thing]))
    wish = (thing["sku_id"], 1, thing["prices"][0]["price_id"])
    with pytest.raises(Refused) as refusal:
        quoted(works, wish, tier="blue")
    assert refusal.value.code == contract.TIER_TOO_LOW
    nobody = {"provisioner": None, "product": None}
    assert quoted(works, wish, tier="gold")["lines"][0]["parts"] == [
        {"element_id": kit[0], "delivery": "parcel", "quantity": 1, "name_zh": "手机", "name_en": "Phone", **nobody},
        {"element_id": noble["element_id"], "delivery": "parcel", "quantity": 2, **NAMED, **nobody},
    ]


def test_a_bundle_and_a_single_of_one_basket_share_what_is_there(engine, works, kit):
    phone, case, _ = kit
    both, single = bundled(works, (phone, 1), (case, 2)), bundled(works, (case, 1))
    with pytest.raises(Refused) as refusal:
        reserve(works, new_order(), (single, 4), (both, 3))
    assert refusal.value.code == STOCK_INSUFFICIENT
    short = {"element_id": case, "wanted": 10, "available": 9}
    expected = sorted([{"sku_id": both, **short}, {"sku_id": single, **short}], key=lambda line: line["sku_id"])
    assert refusal.value.details == {"shortages": expected}
    assert (level_of(engine, phone), level_of(engine, case)) == ((5, 0), (9, 0))
    reserve(works, new_order(), (single, 3), (both, 3))
    assert (level_of(engine, phone), level_of(engine, case)) == ((5, 3), (9, 9))


def test_codes_say_for_which_sku_and_of_which_element_they_are(engine, works, kit):
    phone, _, data = kit
    both, packs, order_id = (
        bundled(works, (phone, 1), (data, 2)),
        bundled(works, (data, 1), kind="virtual"),
        new_order(),
    )
    reserve(works, order_id, (both, 2), (packs, 3))
    works.apply(confirmed(order_id, (both, 2), (packs, 3)), commit_confirmed_order)
    [told] = [event["data"] for event in emitted(engine, CODES_ISSUED, order_id)]
    issued = [(code["sku_id"], code["element_id"]) for code in told["codes"]]
    assert sorted(issued) == sorted([(both, data)] * 4 + [(packs, data)] * 3)
    assert len({code["code"] for code in told["codes"]}) == 7
    assert all(code["valid_until"] for code in told["codes"])
    assert (level_of(engine, phone), level_of(engine, data)) == ((3, 0), (13, 0))


def test_of_a_cancelled_bundle_the_parcel_returns_and_the_codes_do_not(engine, works, kit):
    phone, _, data = kit
    both, order_id = bundled(works, (phone, 1), (data, 2)), new_order()
    works.apply(confirmed(order_id, (both, 2)), commit_confirmed_order)
    works.apply(ended(order_id), release_ended_order)
    assert (level_of(engine, phone), level_of(engine, data)) == ((5, 0), (16, 0))


def composed_anew(works, kit, finish):
    """A SKU of one phone, reserved twice over, becomes one of two cases; then ``finish(order_id, wish)``."""
    phone, case, _ = kit
    thing = bundle((phone, 1))
    one, wish = goods(skus=[thing]), (thing["sku_id"], 2)
    bring_in(works, one)
    orders = [new_order(), new_order()]
    answers = [reserve(works, order_id, wish) for order_id in orders]
    bring_in(works, {**one, "skus": [{**thing, "elements": [{"element_id": case, "quantity": 2}]}]})
    assert reserve(works, orders[0], wish) == answers[0]  # asked again, it is told the composition of then
    finish(orders[0], wish)
    return orders[1], wish


def test_an_order_gets_what_it_reserved_whatever_an_import_changes(engine, works, kit):
    def sells(order_id, wish):
        works.apply(confirmed(order_id, wish), commit_confirmed_order)

    second, wish = composed_anew(works, kit, sells)
    assert (level_of(engine, kit[0]), level_of(engine, kit[1])) == ((3, 2), (9, 0))
    works.run(settle, {"order_id": second, "order_status": "unknown"})
    assert level_of(engine, kit[0]) == (3, 0)
    works.apply(confirmed(second, wish), commit_confirmed_order)  # it timed out, and is revived as it was
    assert (level_of(engine, kit[0]), level_of(engine, kit[1])) == ((1, 0), (9, 0))
    works.apply(ended(second), release_ended_order)
    assert level_of(engine, kit[0]) == (3, 0)


def test_an_order_that_sold_other_parts_than_were_reserved_is_never_silently_short(engine, works, kit):
    both, order_id = bundled(works, (kit[0], 1), (kit[1], 1)), new_order()
    reserve(works, order_id, (both, 1))
    event = confirmed(order_id, (both, 1))
    event.data["lines"][0]["parts"] = [{"element_id": kit[0], "delivery": "parcel", "quantity": 1}]
    with pytest.raises(ConfirmedOrderUnserved):
        works.apply(event, commit_confirmed_order)
    assert level_of(engine, kit[0]) == (5, 1)


def test_an_order_nobody_reserved_for_is_served_as_it_was_sold(engine, works, kit):
    both, order_id = bundled(works, (kit[0], 1), (kit[1], 1)), new_order()
    event = confirmed(order_id, (both, 1))
    event.data["lines"][0]["parts"] = [{"element_id": kit[0], "delivery": "parcel", "quantity": 2}]
    works.apply(event, commit_confirmed_order)
    assert (level_of(engine, kit[0]), level_of(engine, kit[1])) == ((3, 0), (9, 0))


def test_two_goods_may_share_the_own_element_of_a_third(engine, works, kit):
    phone, order_id = stocked(works, 4), new_order()
    both = bundled(works, (own_element(phone), 1), (kit[2], 1))
    reserve(works, order_id, (phone, 1), (both, 2))
    assert level(engine, phone) == (4, 3)
    works.apply(confirmed(order_id, (phone, 1), (both, 2)), commit_confirmed_order)
    assert (level(engine, phone), codes_issued_to(engine, order_id)) == ((1, 0), 2)


def test_what_an_import_composes_must_exist_fit_and_stay(works, kit):
    phone, _, data = kit
    unknown = new_id("elm")
    assert refused(works, goods(skus=[bundle((phone, 1), (unknown, 1))])).details == {"element_ids": [unknown]}
    assert refused(works, goods(skus=[bundle((phone, 1), (phone, 2))])).message == "element_id appears twice"
    assert (
        refused(works, goods(kind="virtual", skus=[bundle((phone, 1), (data, 1))])).message
        == "virtual goods carry nothing"
    )
    assert refused(works, goods(skus=[bundle((data, 1))])).message == "physical goods need an element that is carried"
    changed = element(5, "code", element_id=phone)
    assert refused(works, elements=[changed]).details == {"ids": [phone]}
    assert refused(works, goods(skus=[{"sku_id": new_id("sku"), "prices": sku()["prices"]}]))


def test_a_new_kind_of_goods_needs_an_import_and_no_more(engine, works):
    game_coins = {"form": "game-coins", "delivery": "code", "name_zh": "游戏币", "name_en": "Game coins"}
    coins = element(9, "code", form="game-coins", least_tier="blue")
    one = goods(kind="virtual", skus=[bundle((coins["element_id"], 3)), sku(4, form="coupon")])
    told = bring_in(works, one, forms=[game_coins], elements=[coins])
    assert (told["elements"], told["skus"]) == (2, 2)
    shown = seen(works, one["goods_id"])["skus"]
    [part] = shown[0]["parts"]
    assert (part["form"], part["form_zh"], part["form_en"]) == ("game-coins", "游戏币", "Game coins")
    assert shown[1]["parts"][0]["form_en"] == "Coupon"
    order_id = new_order()
    works.apply(confirmed(order_id, (one["skus"][0]["sku_id"], 2)), commit_confirmed_order)
    assert (codes_issued_to(engine, order_id), level_of(engine, coins["element_id"])) == (6, (3, 0))


def test_forms_keep_their_delivery_and_elements_are_of_forms_that_there_are(works):
    told = {"form": "ticket", "delivery": "parcel", "name_zh": "纸质票", "name_en": "Paper ticket"}
    assert refused(works, forms=[told]).details == {"ids": ["ticket"]}
    assert refused(works, forms=[{**told, "form": "Paper ticket"}]).details == {"forms": ["Paper ticket"]}
    assert refused(works, forms=[told, told]).message == "form appears twice"
    assert refused(works, elements=[element(form="spell")]).details == {"forms": ["spell"]}
    wrong = element(form="ticket")
    assert refused(works, elements=[wrong]).details == {"element_ids": [wrong["element_id"]]}


def test_units_arrive_by_element_and_of_a_plain_sku_by_its_name(engine, works, kit):
    assert receive(works, 3, element_id=kit[0]) == {
        "element_id": kit[0], "sku_id": None, "on_hand": 8, "reserved": 0
    }  # fmt: skip
    plain = bundled(works, (kit[0], 1))
    assert receive(works, 2, sku_id=plain) == {"element_id": kit[0], "sku_id": plain, "on_hand": 10, "reserved": 0}
    for composed in (bundled(works, (kit[0], 2)), bundled(works, (kit[0], 1), (kit[1], 1))):
        with pytest.raises(Refused) as refusal:
            receive(works, 2, sku_id=composed)
        assert (refusal.value.code, refusal.value.details) == (ELEMENT_NEEDED, {"sku_id": composed})
    with pytest.raises(Refused) as refusal:
        receive(works, 1, element_id=new_id("elm"))
    assert refusal.value.code == contract.GOODS_UNKNOWN
    for thing in ({}, {"element_id": kit[0], "sku_id": plain}):
        with pytest.raises(Refused) as refusal:
            receive(works, 1, **thing)
        assert refusal.value.code == INVALID_REQUEST


def test_a_request_without_elements_is_remembered_by_the_same_content_as_ever():
    request = {"request_id": "r", "merchants": [], "categories": [], "goods": [goods()]}
    loaded = contract.IMPORT_CATALOG.load_request(request)
    assert "elements" not in loaded
    assert "elements" not in loaded["goods"][0]["skus"][0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE element SET delivery = 'pigeon'",
        "UPDATE element SET form = 'ticket' WHERE delivery = 'parcel'",
        "UPDATE element SET codes_valid_days = 3 WHERE delivery = 'parcel'",
        "UPDATE sku_element SET quantity = 0",
        "UPDATE code SET sku_id = (SELECT sku_id FROM sku LIMIT 1) WHERE state = 'free'",
    ],
)
def test_the_database_itself_refuses_what_no_element_may_be(engine, works, kit, statement):
    bundled(works, (kit[0], 1), (kit[2], 1))
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.text(statement))
