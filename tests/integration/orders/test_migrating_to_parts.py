"""Orders of before lines had parts: each line is its SKU's own element, delivered as its kind says."""

import pytest
import sqlalchemy as sa

from services.catalog.contract import own_element
from services.chassis.ids import derived_id
from services.orders.storage.queries import known_order
from services.orders.usecases.check_invariants import check_invariants
from services.orders.usecases.order_facts import facts_about
from tests.integration.orders.goods import RICE, TOP_UP
from tests.integration.orders.kit import Shop
from tests.support.old_databases import database_from

# ruff: noqa: S608 — statements put together of constants of this file

OPEN, DONE = derived_id("ord", "open"), derived_id("ord", "done")
MEMBER = derived_id("mbr", "one")
AS_IT_WAS = f"""
INSERT INTO orders (order_id, member_id, channel, language, status, payment_status, fulfilment_status, version, points,
                    cash_fen, placed_at, confirmed_at)
VALUES ('{OPEN}', '{MEMBER}', 'web', 'zh', 'confirmed', 'paid', 'partial', 1, 0, 0, now(), now()),
       ('{DONE}', '{MEMBER}', 'web', 'zh', 'completed', 'paid', 'delivered', 1, 0, 0, now(), now());
INSERT INTO order_line
SELECT order_id, line_no, sku_id, 'gds', 'mer', 'prc', kind, '货', 'goods', 2, 0, 0, '{{0,0}}', '{{0,0}}' FROM (VALUES
    ('{OPEN}', 1, '{RICE}', 'physical'), ('{OPEN}', 2, '{TOP_UP}', 'virtual'), ('{DONE}', 1, '{TOP_UP}', 'virtual')
) AS line (order_id, line_no, sku_id, kind);
INSERT INTO issued_code SELECT order_id, 'code ' || n, '{TOP_UP}', NULL, now()
FROM (VALUES ('{OPEN}'), ('{DONE}')) AS known (order_id), generate_series(1, 2) n;
"""


@pytest.fixture
def engine():
    with database_from("orders", "0001", AS_IT_WAS) as engine:
        yield engine


def test_every_line_is_its_skus_own_element_and_folds_as_before(engine):
    with engine.connect() as connection:
        lines = connection.execute(
            sa.text("SELECT sku_id, kind, parts FROM order_line ORDER BY order_id, line_no")
        ).all()
        codes = connection.execute(sa.text("SELECT DISTINCT element_id FROM issued_code")).scalars().all()
    for line in lines:
        delivery = {"physical": "parcel", "virtual": "code"}[line.kind]
        assert line.parts == [{"element_id": own_element(line.sku_id), "delivery": delivery, "quantity": 1}]
    assert (len(lines), codes) == (3, [own_element(TOP_UP)])
    with Shop(engine).works.begin() as work:
        folded = [facts_about(work, known_order(work, order_id)).fulfilment_status for order_id in (OPEN, DONE)]
        assert folded == ["partial", "delivered"]
        assert [check for check in check_invariants(work) if not check["ok"]] == []
