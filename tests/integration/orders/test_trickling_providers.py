"""Payment providers whose answers trickle, over real HTTP: who asked gives up in time, asks again later and ends right.

No time-out between two bytes is ever over. An answer would be whole in half a minute, if anybody waited for it.
"""

from services.chassis.testkit import database_of
from services.orders import contract
from tests.integration.orders.sandboxes import wait_for

engine = database_of("orders")


def test_a_query_whose_answer_trickles(shop):
    """Whoever waited for the last byte would know by then that the order was paid."""
    order, payment_id = shop.order_paid_there()
    shop.make_due(order)
    with shop.desk.fault(query="trickle"):
        shop.run_jobs()
        assert shop.status_of(order)[:2] == ("closing", "none")
        assert shop.come_back(payment_id) == "open"
    shop.make_due(order)
    shop.run_jobs()
    assert shop.status_of(order)[:2] == ("confirmed", "partial")
    assert shop.ended(order) == [contract.ORDER_CONFIRMED.type]
    assert shop.broken_invariants() == []


def test_a_refund_whose_answer_trickles(shop):
    """It was made there; it is asked after, and not made again."""
    order, payment_id = shop.order_paid_there()
    shop.take(wait_for(lambda: shop.letters(payment_id))[0])
    shop.cancel(order)
    with shop.desk.fault(refund="trickle"):
        shop.run_jobs()
        assert shop.status_of(order)[:2] == ("cancelled", "partial")
        assert len(shop.desk.trade(payment_id)["refunds"]) == 1
    shop.make_due(order)
    shop.run_jobs()
    assert shop.status_of(order)[:2] == ("cancelled", "refunded")
    assert len(shop.desk.trade(payment_id)["refunds"]) == 1
    assert shop.broken_invariants() == []
