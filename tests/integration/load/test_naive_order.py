"""The naive-order reference does what it is there for: orders with their lines, and stock that goes down."""

import json
import os
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from services.chassis.testkit.databases import server_url
from tests.load.http_driver import closed_loop, post
from tests.load.naive_side import LINES, PRODUCTS, STOCK, NaiveSide, naive_side


@pytest.fixture(scope="module")
def side() -> Iterator[NaiveSide]:
    if not (amqp_url := os.environ.get("MALL_TEST_AMQP_URL")):
        pytest.fail("MALL_TEST_AMQP_URL is not set: run the tests with ./mall test")
    with naive_side(amqp_url, server_url().render_as_string(hide_password=False)) as running:
        yield running


def test_orders_are_stored_and_their_event_takes_the_stock_down(side: NaiveSide) -> None:
    lines_before = side.order_lines()

    load = side.place(8, 4)
    side.settle(load)

    assert [answer.status for answer in load.answers] == [201] * 8
    assert len({json.loads(answer.body)["id"] for answer in load.answers}) == 8
    assert side.order_lines() - lines_before == 8 * len(LINES)
    with side.engine.connect() as connection:
        stock = dict(connection.execute(sa.text("SELECT id, in_stock FROM products")).all())
    ordered = {line["product_id"] for line in LINES}
    assert stock == {
        f"product_{n}": STOCK - (side.placed if f"product_{n}" in ordered else 0) for n in range(1, PRODUCTS + 1)
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"order_details": [{"product_id": "product_99", "price": 1, "quantity": 1}]}, 404),
        ({"order_details": [{"product_id": "product_1", "price": 1, "quantity": 0}]}, 400),
        ({"order_details": []}, 400),
        ({}, 400),
    ],
)
def test_what_is_not_an_order_is_refused_and_stored_nowhere(side: NaiveSide, body: dict, status: int) -> None:
    before = side.order_lines()

    (answer,) = closed_loop(side.url, [post(side.url, "/orders", json.dumps(body).encode(), {})], 1).answers

    assert answer.status == status
    assert side.order_lines() == before
