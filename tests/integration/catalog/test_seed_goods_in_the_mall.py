"""The demo's goods go through the import as they are, once and again."""

import secrets
from functools import partial

import sqlalchemy as sa

from deploy.seed.catalog import arrival_requests, import_requests, place_request
from services.catalog import contract
from services.catalog.usecases.get_goods import get_goods
from services.catalog.usecases.import_catalog import import_catalog
from services.catalog.usecases.import_places import import_places
from services.catalog.usecases.list_goods import list_goods
from services.catalog.usecases.list_places import list_places
from services.catalog.usecases.receive_stock import receive_stock
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import broken_invariants

engine = database_of("catalog")


def bring_in_the_seed(works):
    works.once(contract.IMPORT_PLACES, import_places, contract.IMPORT_PLACES.load_request(place_request()))
    usecase = partial(import_catalog, random_bytes=secrets.token_bytes)
    for request in import_requests():
        works.once(contract.IMPORT_CATALOG, usecase, contract.IMPORT_CATALOG.load_request(request))
    receive = partial(receive_stock, random_bytes=secrets.token_bytes)
    for request in arrival_requests():
        works.once(contract.RECEIVE_STOCK, receive, contract.RECEIVE_STOCK.load_request(request))


def test_the_seed_goods_can_be_found_and_sold_and_seeding_again_adds_nothing(engine):
    works = works_on(engine)
    bring_in_the_seed(works)
    units = total_units(engine)
    bring_in_the_seed(works)
    assert total_units(engine) == units
    assert broken_invariants(works) == []
    places = works.run(list_places, {"kind": None})["places"]
    assert [(place["kind"], place["city"]) for place in places] == [
        ("warehouse", "武汉市"),
        ("warehouse", "广州市"),
        ("warehouse", "北京市"),
        ("hall", "广州市"),
        ("hall", "北京市"),
    ]
    for words, least in (("耳机", 3), ("充值", 1), ("绿茶", 1), ("phone", 3), ("流量", 4)):
        request = contract.LIST_GOODS.load_request({"words": words})
        assert len(works.run(list_goods, request)["goods"]) >= least, words
    assert coins_of(works, "赛季通行证") == [30, 34, 68]
    assert (coins_of(works, "保鲜盒"), coins_of(works, "保鲜盒", "staff")) == ([], [79])


def coins_of(works, words, *segments):
    """Of the prices in coins of the goods so named, as such a member is offered them."""
    [card] = works.run(list_goods, contract.LIST_GOODS.load_request({"words": words}))["goods"]
    looking = {"goods_id": card["goods_id"], "member_segments": list(segments)}
    goods = works.run(get_goods, contract.GET_GOODS.load_request(looking))
    return sorted(price["coins"] for sku in goods["skus"] for price in sku["prices"] if price["coins"])


def total_units(engine):
    with engine.connect() as connection:
        return connection.execute(sa.text("SELECT sum(on_hand), count(*) FROM stock_level")).one()
