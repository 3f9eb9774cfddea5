"""What is leased is as many as were asked for, however PostgreSQL goes about it."""

import sqlalchemy as sa

from services.chassis.testkit import database_of
from services.orders.storage.locks import lease_due_refunds
from tests.integration.orders.goods import PHONE
from tests.integration.orders.kit import Shop

engine = database_of("orders")
# Nothing but nested loops, whose inner side is run again for every row of the outer one.
OTHER_WAYS = ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize")


def test_no_more_refunds_are_leased_than_were_asked_for(engine):
    shop = Shop(engine)
    for _ in range(5):
        order = shop.place((PHONE, 1))
        shop.pay(order)
        shop.cancel(order)
    with shop.works.begin() as work:
        for way in OTHER_WAYS:
            work.execute(sa.text(f"SET LOCAL enable_{way} = off"))
        leased = [lease_due_refunds(work, "alipay", 2, 60) for _ in range(3)]
    assert [len(refunds) for refunds in leased] == [2, 2, 1]
    assert len({refund.refund_id for refunds in leased for refund in refunds}) == 5
