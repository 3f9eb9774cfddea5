"""Which SKUs are in the bulk zone is decided by rows, from an instant on, and quotes follow them."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from services.catalog import contract
from services.catalog.usecases.set_bulk_offer import list_bulk_offers, set_bulk_offer
from services.chassis.clock import FixedClock
from services.chassis.ids import new_id
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import bring_in, bundle, element, goods, price, quoted, seen, sku
from tests.support.refusals import code_of

engine = database_of("catalog")
NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def works(engine):
    return works_on(engine, clock=FixedClock(NOON))


@pytest.fixture
def paper(works):
    one = goods(skus=[sku(prices=[price(1000)])])
    bring_in(works, one)
    return one


def decide(works, sku_id, **changes):
    wish = {"request_id": new_id("req"), "sku_id": sku_id, "least": 50, "most": 500, "reason": "companies", **changes}
    return works.run(set_bulk_offer, contract.SET_BULK_OFFER.load_request(wish))


def step_of(thing, pieces=100, points=900):
    return {"from_pieces": pieces, "price_id": thing["prices"][0]["price_id"], "points": points, "cash_fen": 0}


def line_of(works, thing, pieces, **who):
    [line] = quoted(works, (thing["sku_id"], pieces, thing["prices"][0]["price_id"]), **who)["lines"]
    return line["bulk"], line["points"]


def test_large_numbers_are_sold_from_the_decision_on_until_it_ends(works, paper):
    [thing] = paper["skus"]
    assert code_of(line_of, works, thing, 100) == contract.QUANTITY_TOO_LARGE
    decide(works, thing["sku_id"], steps=[step_of(thing)])
    assert line_of(works, thing, 100) == (True, 90_000)
    assert line_of(works, thing, 49) == (False, 49_000)
    works.clock.advance(hours=1)
    decide(works, thing["sku_id"], is_offered=False)
    assert code_of(line_of, works, thing, 100) == contract.QUANTITY_TOO_LARGE
    decided = works.run(list_bulk_offers, {"sku_id": thing["sku_id"]})["offers"]
    assert [row["is_offered"] for row in decided] == [False, True]


def test_what_is_decided_for_later_counts_later(works, paper):
    [thing] = paper["skus"]
    decide(works, thing["sku_id"], effective_from=(NOON + timedelta(days=1)).isoformat())
    assert line_of(works, thing, 60) == (False, 60_000)
    works.clock.advance(days=1)
    assert line_of(works, thing, 60) == (True, 60_000)


def test_a_segment_buys_in_bulk_and_others_do_not(works, paper):
    [thing] = paper["skus"]
    decide(works, thing["sku_id"], segment="companies")
    assert code_of(line_of, works, thing, 100) == contract.QUANTITY_TOO_LARGE
    assert line_of(works, thing, 100, member_segments=["companies"]) == (True, 100_000)


def test_goods_show_what_is_sold_in_bulk(works, paper):
    [thing] = paper["skus"]
    assert seen(works, paper["goods_id"])["skus"][0]["bulk"] is None
    decide(works, thing["sku_id"], steps=[step_of(thing)])
    steps = [{**step_of(thing), "coins": 0}]
    assert seen(works, paper["goods_id"])["skus"][0]["bulk"] == {
        "least": 50,
        "most": 500,
        "segment": None,
        "steps": steps,
    }


def test_what_cannot_be_decided(works, paper):
    [thing] = paper["skus"]
    code = element(delivery="code")
    virtual = goods(kind="virtual", skus=[bundle((code["element_id"], 1))])
    bring_in(works, virtual, elements=[code])
    decide(works, thing["sku_id"])
    past = (NOON - timedelta(seconds=1)).isoformat()
    assert [
        code_of(decide, works, new_id("sku")),
        code_of(decide, works, virtual["skus"][0]["sku_id"]),
        code_of(decide, works, thing["sku_id"]),
        code_of(decide, works, thing["sku_id"], effective_from=past),
        code_of(decide, works, thing["sku_id"], steps=[{**step_of(thing), "price_id": new_id("prc")}]),
        code_of(decide, works, thing["sku_id"], steps=[step_of(thing, pieces=40)]),
    ] == [
        contract.GOODS_UNKNOWN,
        contract.BULK_NOT_CARRIED,
        contract.BULK_DECIDED_BEFORE,
        contract.BULK_BACKDATED,
        contract.PRICE_UNKNOWN,
        contract.BULK_STEPS_WRONG,
    ]


def test_rows_are_never_changed(engine, works, paper):
    decide(works, paper["skus"][0]["sku_id"])
    for change in ("UPDATE bulk_offer SET most = 600", "DELETE FROM bulk_offer"):
        with pytest.raises(sa.exc.DBAPIError), engine.begin() as connection:
            connection.execute(sa.text(change))
