"""A database of before there were elements: every SKU keeps its stock, promises and codes as its own element."""

import pytest
import sqlalchemy as sa

from services.catalog.contract import own_element
from services.chassis.ids import derived_id
from services.chassis.testkit import works_on
from tests.integration.catalog.shop import (
    bring_in,
    broken_invariants,
    codes_issued_to,
    commit,
    goods,
    level,
    movements_of,
    new_order,
    release,
    reserve,
    sku,
    status_of,
)
from tests.support.old_databases import database_from

# ruff: noqa: S608 — statements put together of constants of this file

GOODS = derived_id("gds", "phone")
PHONE, VOUCHER = derived_id("sku", "phone"), derived_id("sku", "voucher")
SOLD, HELD, EXPIRED = (derived_id("ord", name) for name in ("sold", "held", "expired"))
AS_IT_WAS = f"""
INSERT INTO merchant VALUES ('mer_1', '商户', 'Merchant');
INSERT INTO category VALUES ('food', DEFAULT, '食品', 'Food');
INSERT INTO goods VALUES
    ('{GOODS}', 'mer_1', 'food', 'physical', '手机', 'Phone', '', '', 'gold', now(), NULL, '', now()),
    ('gds_v', 'mer_1', 'food', 'virtual', '券', 'Voucher', '', '', 'registered', now(), NULL, '', now());
INSERT INTO sku VALUES
    ('{PHONE}', '{GOODS}', '黑', 'Black', 0, NULL, NULL),
    ('{VOUCHER}', 'gds_v', '', '', 0, 90, NULL);
INSERT INTO stock_level SELECT sku_id, warehouse_id, on_hand, reserved FROM warehouse,
    (VALUES ('{PHONE}', 8, 2), ('{VOUCHER}', 4, 1)) AS level (sku_id, on_hand, reserved);
INSERT INTO movement (kind, sku_id, warehouse_id, quantity, order_id, reason, actor, moved_at)
SELECT kind, sku_id, warehouse_id, quantity, order_id, 'test', 'test', now() FROM warehouse, (VALUES
    ('received', '{PHONE}', 9, NULL), ('committed', '{PHONE}', -1, '{SOLD}'),
    ('received', '{VOUCHER}', 6, NULL), ('committed', '{VOUCHER}', -2, '{SOLD}')
) AS moved (kind, sku_id, quantity, order_id);
INSERT INTO reservation (order_id, status, expires_at, opened_at, changed_at) VALUES
    ('{SOLD}', 'committed', now(), now(), now()), ('{HELD}', 'held', now(), now(), now()),
    ('{EXPIRED}', 'expired', now(), now(), now());
INSERT INTO reservation_line SELECT order_id, sku_id, warehouse_id, quantity FROM warehouse, (VALUES
    ('{SOLD}', '{PHONE}', 1), ('{SOLD}', '{VOUCHER}', 2), ('{HELD}', '{PHONE}', 2), ('{HELD}', '{VOUCHER}', 1),
    ('{EXPIRED}', '{PHONE}', 3)
) AS line (order_id, sku_id, quantity);
INSERT INTO code (code, sku_id, state, order_id, issued_at)
SELECT 'code ' || n, '{VOUCHER}', CASE WHEN n <= 2 THEN 'issued' ELSE 'free' END,
       CASE WHEN n <= 2 THEN '{SOLD}' END, CASE WHEN n <= 2 THEN now() END FROM generate_series(1, 6) n;
"""


@pytest.fixture
def engine():
    with database_from("catalog", "0001", AS_IT_WAS) as engine:
        yield engine


def rows(engine, statement):
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.text(statement))]


def test_every_sku_has_an_element_of_its_own_and_everything_goes_on(engine):
    works = works_on(engine)
    assert broken_invariants(works) == []
    elements = (
        "SELECT element_id, delivery, name_zh, name_en, least_tier, codes_valid_days FROM element ORDER BY delivery"
    )
    assert rows(engine, elements) == [
        (own_element(VOUCHER), "code", "券", "Voucher", "registered", 90),
        (own_element(PHONE), "parcel", "手机 黑", "Phone Black", "registered", None),
    ]
    assert (level(engine, PHONE), level(engine, VOUCHER)) == ((8, 2), (4, 1))
    assert movements_of(engine, PHONE) == [("received", 9), ("committed", -1)]
    told = "SELECT sku_id, element_id, count(*) FROM code WHERE state = 'issued' GROUP BY 1, 2"
    assert rows(engine, told) == [(VOUCHER, own_element(VOUCHER), 2)]

    assert reserve(works, HELD, (VOUCHER, 1), (PHONE, 2))["lines"][0]["parts"][0]["quantity"] == 1
    commit(works, HELD)
    assert (level(engine, PHONE), level(engine, VOUCHER)) == ((6, 0), (3, 0))
    assert (codes_issued_to(engine, HELD), codes_issued_to(engine, SOLD)) == (1, 2)
    release(works, EXPIRED)
    assert status_of(engine, EXPIRED) == "released"
    reserve(works, new_order(), (PHONE, 6))
    assert broken_invariants(works) == []


def test_the_same_import_as_ever_finds_its_element_and_opens_no_stock(engine):
    works = works_on(engine)
    bring_in(works, goods(goods_id=GOODS, category="food", skus=[sku(50, sku_id=PHONE)]))
    assert level(engine, PHONE) == (8, 2)
    assert rows(engine, "SELECT count(*) FROM element") == [(2,)]
    assert broken_invariants(works) == []


def test_what_is_append_only_is_so_again(engine):
    for statement in ("UPDATE movement SET reason = 'x'", "DELETE FROM code WHERE state = 'issued'"):
        with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
            connection.execute(sa.text(statement))
