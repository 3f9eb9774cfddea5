"""Lines of a cart are checked as an order of each of them would be."""

import pytest

from services.catalog import contract
from services.catalog.contract import GOODS_UNKNOWN, LIMIT_REACHED, PRICE_UNKNOWN, SEGMENT_NEEDED, STOCK_INSUFFICIENT
from services.catalog.usecases.check_lines import check_lines
from services.catalog.usecases.set_limit import set_limit
from services.chassis.ids import new_id
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import bring_in, goods, new_order, price, reserve, sku

engine = database_of("catalog")


@pytest.fixture
def works(engine):
    return works_on(engine)


def brought_in(works, stock=10, **changes):
    """(sku, price) of new goods."""
    sold = sku(stock, prices=[price()])
    bring_in(works, goods(skus=[sold], **changes))
    return sold["sku_id"], sold["prices"][0]["price_id"]


def check(works, *lines, **changes):
    wanted = [{"sku_id": sku_id, "price_id": price_id, "quantity": quantity} for sku_id, price_id, quantity in lines]
    request = {"member_id": None, "member_tier": "registered", "lines": wanted, **changes}
    reply = contract.CHECK_LINES.dump_reply(works.run(check_lines, contract.CHECK_LINES.load_request(request)))
    assert contract.CHECK_LINES.reply().validate(reply) == {}
    return [(line["why_not"], line["at_most"]) for line in reply["lines"]]


def test_each_line_by_itself(works):
    sku_id, price_id = brought_in(works, 3)
    gated = brought_in(works, segment="staff")
    told = check(
        works,
        (sku_id, price_id, 3),
        (sku_id, price_id, 4),
        (sku_id, new_id("prc"), 1),
        (new_id("sku"), price_id, 1),
        (*gated, 1),
    )
    expected = [
        (None, 3),
        (STOCK_INSUFFICIENT, 3),
        (PRICE_UNKNOWN, None),
        (GOODS_UNKNOWN, None),
        (SEGMENT_NEEDED, None),
    ]
    assert told == expected
    assert check(works, (*gated, 1), member_segments=["staff"]) == [(None, 10)]


def test_what_the_member_had_counts_against_limits(works):
    (sku_id, price_id), member = brought_in(works), new_id("mbr")
    wish = {"request_id": new_id("req"), "subject": sku_id, "period": "ever", "most": 3, "reason": "test"}
    works.once(contract.SET_LIMIT, set_limit, contract.SET_LIMIT.load_request(wish))
    reserve(works, new_order(), (sku_id, 2), member_id=member)
    assert check(works, (sku_id, price_id, 1), (sku_id, price_id, 2), member_id=member) == [
        (None, 1),
        (LIMIT_REACHED, 1),
    ]
    assert check(works, (sku_id, price_id, 4), member_id=new_id("mbr")) == [(LIMIT_REACHED, 3)]
    assert check(works, (sku_id, price_id, 8)) == [(None, 8)]
