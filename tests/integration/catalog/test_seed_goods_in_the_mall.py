"""The demo's goods go through the import as they are, once and again."""

import secrets
from functools import partial

import sqlalchemy as sa

from deploy.seed.catalog import import_requests
from services.catalog import contract
from services.catalog.usecases.import_catalog import import_catalog
from services.catalog.usecases.list_goods import list_goods
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import broken_invariants

engine = database_of("catalog")


def bring_in_the_seed(works):
    usecase = partial(import_catalog, random_bytes=secrets.token_bytes)
    for request in import_requests():
        works.once(contract.IMPORT_CATALOG, usecase, contract.IMPORT_CATALOG.load_request(request))


def test_the_seed_goods_can_be_found_and_sold_and_seeding_again_adds_nothing(engine):
    works = works_on(engine)
    bring_in_the_seed(works)
    units = total_units(engine)
    bring_in_the_seed(works)
    assert total_units(engine) == units
    assert broken_invariants(works) == []
    for words, least in (("耳机", 3), ("充值", 1), ("绿茶", 1), ("phone", 3), ("流量", 4)):
        request = contract.LIST_GOODS.load_request({"words": words})
        assert len(works.run(list_goods, request)["goods"]) >= least, words


def total_units(engine):
    with engine.connect() as connection:
        return connection.execute(sa.text("SELECT sum(on_hand), count(*) FROM stock_level")).one()
