"""Importing: what exists is updated, prices keep their history, stock opens once, nonsense is refused whole."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.catalog import contract
from services.catalog.contract import IMPORT_INCONSISTENT, PRICE_UNKNOWN, own_element
from services.catalog.storage.tables import code
from services.catalog.storage.tables import price as price_table
from services.catalog.usecases.get_picture import get_picture
from services.catalog.usecases.list_categories import list_categories
from services.catalog.usecases.receive_stock import receive_stock
from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import (
    CATEGORIES,
    MERCHANT,
    SVG,
    bring_in,
    broken_invariants,
    goods,
    level,
    movements_of,
    offered,
    price,
    quoted,
    seen,
    shown,
    sku,
    stocked,
)

engine = database_of("catalog")
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def works(engine):
    works = works_on(engine, clock=FixedClock(NOON))
    yield works
    assert broken_invariants(works) == []


def terms(engine, price_id):
    columns = price_table.c.points, price_table.c.effective_from, price_table.c.effective_until
    statement = sa.select(*columns).where(price_table.c.price_id == price_id).order_by(price_table.c.id)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(statement)]


def free_codes(engine, sku_id):
    with engine.connect() as connection:
        statement = sa.select(code.c.code).where(code.c.element_id == own_element(sku_id), code.c.state == "free")
        return list(connection.execute(statement).scalars())


def refused(works, *imported, **changes):
    with pytest.raises(Refused) as refusal:
        bring_in(works, *imported, **changes)
    assert refusal.value.code == IMPORT_INCONSISTENT
    return refusal.value


def test_goods_are_brought_in_with_all_they_have(works):
    first = sku(7, variant_zh="黑", variant_en="Black", prices=[price(500), price(100, 400)])
    one = goods(name_zh="耳机", name_en="Headset", least_tier="gold", skus=[first, sku(0)])
    assert bring_in(works, one) == {"merchants": 1, "categories": 3, "elements": 2, "goods": 1, "skus": 2}
    found = seen(works, one["goods_id"])
    assert (found["name_zh"], found["least_tier"], found["merchant"]) == ("耳机", "gold", MERCHANT)
    assert found["from_price"] == shown(first["prices"][0])
    names = {"sku_id": first["sku_id"], "variant_zh": "黑", "variant_en": "Black", "in_stock": 7}
    itself = {"element_id": own_element(first["sku_id"]), "delivery": "parcel", "quantity": 1}
    named = {"name_zh": "耳机 黑", "name_en": "Headset Black", "form": "parcel", "form_zh": "实物", "form_en": "Parcel"}
    parts = [{**itself, **named, "provisioner": None, "product": None}]
    prices = {"prices": [offered(one) for one in first["prices"]], "other_prices": []}
    assert found["skus"][0] == {**names, **prices, "parts": parts, "least_tier": "gold", "presale": None, "bulk": None}
    assert found["skus"][1]["in_stock"] == 0


def test_the_same_again_changes_nothing(engine, works):
    one = goods(skus=[sku(7)])
    bring_in(works, one)
    before = seen(works, one["goods_id"])
    works.clock.advance(hours=1)
    bring_in(works, one)
    sku_id, price_id = one["skus"][0]["sku_id"], one["skus"][0]["prices"][0]["price_id"]
    assert seen(works, one["goods_id"]) == before
    assert movements_of(engine, sku_id) == [("received", 7)]
    assert terms(engine, price_id) == [(1000, NOON, None)]


def test_texts_are_updated_and_a_later_stock_figure_is_ignored(engine, works):
    one = goods(name_zh="旧名", skus=[sku(7)])
    bring_in(works, one)
    bring_in(works, {**one, "name_zh": "新名", "skus": [{**one["skus"][0], "stock": 99}]})
    assert seen(works, one["goods_id"])["name_zh"] == "新名"
    assert level(engine, one["skus"][0]["sku_id"]) == (7, 0)


def test_a_changed_price_ends_its_term_and_begins_another(engine, works):
    old = price(1000)
    one = goods(skus=[sku(prices=[old])])
    bring_in(works, one)
    works.clock.advance(days=1)
    bring_in(works, {**one, "skus": [{**one["skus"][0], "prices": [{**old, "points": 800}]}]})
    day_after = NOON + timedelta(days=1)
    assert terms(engine, old["price_id"]) == [(1000, NOON, day_after), (800, day_after, None)]
    assert seen(works, one["goods_id"])["from_price"]["points"] == 800


def test_a_price_no_longer_named_cannot_be_paid(works):
    kept, dropped = price(1000), price(0, 990)
    thing = sku(prices=[kept, dropped])
    one = goods(skus=[thing])
    bring_in(works, one)
    bring_in(works, {**one, "skus": [{**thing, "prices": [kept]}]})
    with pytest.raises(Refused) as refusal:
        quoted(works, (thing["sku_id"], 1, dropped["price_id"]), tier="red")
    assert refusal.value.code == PRICE_UNKNOWN


def test_a_sku_no_longer_named_is_off_sale_until_it_is_named_again(engine, works):
    kept, dropped = sku(5), sku(5)
    one = goods(skus=[kept, dropped])
    bring_in(works, one)
    bring_in(works, {**one, "skus": [kept]})
    assert [found["sku_id"] for found in seen(works, one["goods_id"])["skus"]] == [kept["sku_id"]]
    bring_in(works, one)
    assert [found["sku_id"] for found in seen(works, one["goods_id"])["skus"]] == [kept["sku_id"], dropped["sku_id"]]
    assert level(engine, dropped["sku_id"]) == (5, 0)


def test_stock_of_virtual_goods_is_that_many_different_codes(engine, works):
    voucher = stocked(works, 50, kind="virtual")
    codes = free_codes(engine, voucher)
    assert len(set(codes)) == 50
    assert all(len(one) == 19 and one.count("-") == 3 for one in codes)


def test_the_first_day_on_sale_stays_unless_it_is_set(works):
    one = goods()
    bring_in(works, one)
    works.clock.advance(days=1)
    later = works.clock.now() + timedelta(days=2)
    bring_in(works, one)
    assert seen(works, one["goods_id"])["goods_id"] == one["goods_id"]
    bring_in(works, {**one, "on_sale_from": later.isoformat()})
    with pytest.raises(Refused):
        seen(works, one["goods_id"])
    works.clock.advance(days=2)
    assert seen(works, one["goods_id"])["goods_id"] == one["goods_id"]


def test_goods_leave_on_schedule_and_their_picture_stays(works):
    one = goods(on_sale_until=(NOON + timedelta(hours=1)).isoformat())
    bring_in(works, one)
    assert seen(works, one["goods_id"])
    works.clock.advance(hours=1)
    with pytest.raises(Refused):
        seen(works, one["goods_id"])
    assert works.run(get_picture, {"goods_id": one["goods_id"]})["svg"] == SVG


def test_an_etag_changes_with_the_picture_only(works):
    one = goods()
    bring_in(works, one)
    first = works.run(get_picture, {"goods_id": one["goods_id"]})
    bring_in(works, {**one, "name_zh": "别名"})
    assert works.run(get_picture, {"goods_id": one["goods_id"]}) == first
    card = seen(works, one["goods_id"])["picture"]
    bring_in(works, {**one, "picture_svg": SVG.replace("10 10", "20 20")})
    assert works.run(get_picture, {"goods_id": one["goods_id"]})["etag"] != first["etag"]
    assert seen(works, one["goods_id"])["picture"] != card


def test_the_category_tree_lists_parents_before_children(works):
    bring_in(works)
    assert works.run(list_categories, {})["categories"] == CATEGORIES


def test_what_contradicts_itself_or_the_stored_rows_is_refused_whole(engine, works):
    one, thing = goods(), sku()
    bring_in(works, one)
    other_kind = {**one, "kind": "virtual"}
    stolen_sku = goods(skus=[one["skus"][0]])
    stolen_price = goods(skus=[sku(prices=one["skus"][0]["prices"])])
    assert refused(works, other_kind).details == {"ids": [one["goods_id"]]}
    assert refused(works, stolen_sku).details == {"ids": [one["skus"][0]["sku_id"]]}
    assert refused(works, stolen_price).details == {"ids": [one["skus"][0]["prices"][0]["price_id"]]}
    unknown = new_id("mer")
    assert refused(works, goods(merchant_id=unknown)).details == {"merchant_ids": [unknown]}
    assert refused(works, goods(category="nowhere")).details == {"paths": ["nowhere"]}
    orphan = [{"path": "no/parent", "name_zh": "无", "name_en": "none"}]
    assert refused(works, categories=orphan).details == {"paths": ["no"]}
    assert "sku_id" in refused(works, goods(skus=[thing]), goods(skus=[thing])).details
    assert refused(works, goods(skus=[sku(prices=[price(0, 0)])]))
    with engine.connect() as connection:
        statement = sa.text("SELECT count(*) FROM sku WHERE sku_id = :sku_id")
        assert connection.execute(statement, {"sku_id": thing["sku_id"]}).scalar_one() == 0


def test_arriving_units_are_added_with_who_and_why(engine, works):
    sku_id = stocked(works, 5)
    request = {"request_id": new_id("req"), "sku_id": sku_id, "quantity": 7, "reason": "补货", "actor": "ops:li"}
    for _ in range(2):
        answer = works.once(contract.RECEIVE_STOCK, lambda w, r: receive_stock(w, r, bytes), request)
        assert answer == {"sku_id": sku_id, "element_id": own_element(sku_id), "on_hand": 12, "reserved": 0}
    with engine.connect() as connection:
        statement = sa.text(
            "SELECT quantity, reason, actor FROM movement WHERE element_id = :e ORDER BY id DESC LIMIT 1"
        )
        assert tuple(connection.execute(statement, {"e": own_element(sku_id)}).one()) == (7, "补货", "ops:li")


def test_arriving_virtual_units_are_new_codes(engine, works):
    voucher, numbers = stocked(works, 2, kind="virtual"), iter(range(100))
    request = {"request_id": new_id("req"), "sku_id": voucher, "quantity": 3, "reason": "x", "actor": "ops:li"}
    works.run(lambda w, r: receive_stock(w, r, lambda size: next(numbers).to_bytes(size, "big")), request)
    assert len(free_codes(engine, voucher)) == 5
    assert {"2222-2222-2222-2222", "2222-2222-2222-2223"} < set(free_codes(engine, voucher))


def test_units_of_an_unknown_sku_do_not_arrive(works):
    request = {"request_id": new_id("req"), "sku_id": new_id("sku"), "quantity": 1, "reason": "x", "actor": "ops:li"}
    with pytest.raises(Refused):
        works.run(lambda w, r: receive_stock(w, r, bytes), request)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE movement SET quantity = 1",
        "DELETE FROM movement",
        "UPDATE stock_level SET reserved = on_hand + 1",
        "UPDATE stock_level SET reserved = -1",
    ],
)
def test_the_database_itself_refuses_what_must_never_be(engine, works, statement):
    stocked(works, 1)
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.text(statement))
