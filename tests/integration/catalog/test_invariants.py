"""The auditor finds what does not add up, and says what."""

import orjson
import pytest
import sqlalchemy as sa

from services.catalog import ops
from services.catalog.storage.invariants import INVARIANTS
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import broken_invariants, commit, new_order, reserve, stocked

engine = database_of("catalog")

DAMAGE = {
    "stock level is the sum of its movements": "UPDATE stock_level SET on_hand = on_hand + 1 WHERE sku_id = :thing",
    "reserved is the sum of held reservations": "UPDATE stock_level SET reserved = reserved + 1 WHERE sku_id = :thing",
    "no stock is negative or promised twice": "UPDATE stock_level SET reserved = on_hand + 1 WHERE sku_id = :thing",
    "held and committed reservations have lines": "DELETE FROM reservation_line WHERE order_id = :held",
    "committed reservations left the stock once": (
        "UPDATE reservation_line SET quantity = quantity + 1 WHERE order_id = :sold"
    ),
    "sales without a committed reservation were returned": (
        "UPDATE reservation SET status = 'released' WHERE order_id = :sold"
    ),
    "stock of virtual goods is free codes": "INSERT INTO code (code, sku_id) VALUES ('ONE-TOO-MANY', :voucher)",
    "codes are issued as many as were sold": (
        "INSERT INTO code (code, sku_id, state, order_id, issued_at) VALUES ('STRAY', :voucher, 'issued', :held, now())"
    ),
    "no code exists twice": "INSERT INTO code (code, sku_id) SELECT code, sku_id FROM code WHERE sku_id = :voucher",
    "terms of a price do not overlap": (
        "INSERT INTO price (price_id, sku_id, points, cash_fen, effective_from, effective_until, actor)"
        " SELECT price_id, sku_id, 1, 0, effective_from, 'infinity', 'x' FROM price WHERE sku_id = :thing"
    ),
}
WITHOUT_GUARDS = """
    ALTER TABLE stock_level DROP CONSTRAINT stock_level_check;
    ALTER TABLE code DROP CONSTRAINT code_code_key;
"""


@pytest.fixture
def shop(engine):
    works = works_on(engine)
    things = {"thing": stocked(works, 9), "voucher": stocked(works, 9, kind="virtual")}
    orders = {"held": new_order(), "sold": new_order()}
    for order_id in orders.values():
        reserve(works, order_id, (things["thing"], 2), (things["voucher"], 1))
    commit(works, orders["sold"])
    assert broken_invariants(works) == []
    return {**things, **orders}


def test_every_invariant_is_covered():
    assert set(DAMAGE) == set(INVARIANTS)


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_by_the_check_that_names_it(engine, shop, name):
    with engine.connect() as connection:
        connection.execute(sa.text(WITHOUT_GUARDS))
        connection.execute(sa.text(DAMAGE[name]), {k: v for k, v in shop.items() if f":{k}" in DAMAGE[name]})
        found = connection.execute(sa.text(INVARIANTS[name])).mappings().all()
        connection.rollback()
    assert found


def test_operators_see_each_check_and_the_exit_code(engine, shop, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_CATALOG", engine.url.render_as_string(hide_password=False))
    assert ops.main(["check", "--json"]) == 0
    assert orjson.loads(capsys.readouterr().out) == [{"name": name, "ok": True, "found": []} for name in INVARIANTS]
    spoil(engine, "UPDATE stock_level SET on_hand = on_hand + 1 WHERE sku_id = :thing", shop)
    try:
        assert ops.main(["check"]) == 1
        shown = capsys.readouterr().out
        assert f"✗ stock level is the sum of its movements: sku_id={shop['thing']} " in shown
    finally:
        spoil(engine, "UPDATE stock_level SET on_hand = on_hand - 1 WHERE sku_id = :thing", shop)


def test_without_a_database_url_operators_are_told(monkeypatch, capsys):
    monkeypatch.delenv("MALL_DATABASE_URL_CATALOG", raising=False)
    monkeypatch.delenv("MALL_DATABASE_URL", raising=False)
    assert ops.main(["check"]) == 2
    assert "MALL_DATABASE_URL" in capsys.readouterr().err


def spoil(engine, statement, shop):
    with engine.begin() as connection:
        connection.execute(sa.text(statement), {"thing": shop["thing"]})
