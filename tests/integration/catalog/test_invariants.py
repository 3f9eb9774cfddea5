"""The auditor finds what does not add up, and says what."""

import re

import orjson
import pytest
import sqlalchemy as sa

from services.catalog import ops
from services.catalog.contract import own_element
from services.catalog.storage.invariants import INVARIANTS
from services.chassis.testkit import database_of, works_on
from tests.integration.catalog.shop import broken_invariants, commit, new_order, reserve, stocked

engine = database_of("catalog")

CONSIGNMENT = (
    "INSERT INTO consignment SELECT 'csg_1', 'transfer', '{status}', place_id, 'elsewhere', '', '', now(), '', now(),"
    " '', 1 FROM place LIMIT 1; INSERT INTO consignment_line SELECT 'csg_1', :thing, 5, {arrived}, 0"
)
PRESALE = (
    "INSERT INTO presale SELECT 'prs_' || n, :thing_sku, 'open', '2020-01-01', '2030-01-01', '2030-01-02', 9, {taken},"
    " 0, 1 FROM generate_series(1, {many}) n"
)
FLASH = (
    "INSERT INTO flash_sale SELECT 'fls_' || n, :thing_sku, 'prc_' || n, 'open', 9, 0, 0, '2020-01-01', '2030-01-01',"
    " 9, {left}, 1, 60, 1 FROM generate_series(1, {many}) n;"
)
TICKETS = (
    "INSERT INTO flash_ticket SELECT 'tkt_' || n, 'fls_1', 'mbr_1', '{state}', {order}, now(), now(), now()"
    " FROM generate_series(1, {many}) n"
)
DAMAGE = {
    "pieces of a flash sale are left, in tickets, or sold": FLASH.format(left=8, many=1),
    "what a flash sale still promises is set aside": (
        FLASH.format(left=9, many=1) + "INSERT INTO flash_sale_part SELECT 'fls_1', :thing, 1"
    ),
    "tickets are spent by orders that have their pieces": (
        FLASH.format(left=8, many=1) + TICKETS.format(state="returned", order=":held", many=1)
    ),
    "no member has more of a flash sale than it allows": (
        FLASH.format(left=7, many=1) + TICKETS.format(state="live", order="NULL", many=2)
    ),
    "a flash sale is as it was decided last": FLASH.format(left=9, many=1),
    "a SKU has one flash sale at a time": FLASH.format(left=9, many=2),
    "a write-off took what it says, once it was posted": (
        "INSERT INTO write_off SELECT 'wof_1', :thing, place_id, 3, 'damaged', 'posted', '', 'a', now(), NULL, now(),"
        " '' FROM place LIMIT 1"
    ),
    "what was accepted to replenish was ordered": (
        "INSERT INTO replenishment SELECT 'rpl_1', :thing, place_id, NULL, 5, 0, 5, 'accepted', now(), 'a', now(),"
        " '', 'csg_1' FROM place LIMIT 1"
    ),
    "codes live as they may": (
        "INSERT INTO code_deed (code_id, version, what, merchant_id, key_id, reason, actor, done_at)"
        " SELECT code.id, 2, 'verified', 'mer_1', 'stk_1', '', '', now() FROM code WHERE order_id = :sold"
    ),
    "no more of an order comes back than was sold": (
        "INSERT INTO movement (kind, element_id, place_id, quantity, order_id, key, reason, actor, moved_at)"
        " SELECT 'returned', element_id, place_id, 3, :sold, 'k', '', '', now() FROM stock_level"
        " WHERE element_id = :thing"
    ),
    "a SKU has one pre-sale at a time": PRESALE.format(taken=0, many=2),
    "a pre-sale has sold and allotted what its orders have": PRESALE.format(taken=4, many=1),
    "a pre-sale is as it was decided last": PRESALE.format(taken=0, many=1),
    "no pre-sale sells more than its quota": PRESALE.format(taken=10, many=1),
    "orders of goods to come took of pre-sales": "UPDATE reservation SET is_presale = true WHERE order_id = :held",
    "what waits for its buyer waits in its hall, with a code": (
        "INSERT INTO pick_up SELECT :held, place_id, 'mbr_1', '12345678', 'waiting', now(), now(), '', NULL"
        " FROM place LIMIT 1"
    ),
    "what was picked up was handed over": (
        "INSERT INTO movement (kind, element_id, place_id, quantity, order_id, key, reason, actor, moved_at)"
        " SELECT 'picked_up', element_id, place_id, -1, :held, 'k', '', '', now() FROM stock_level"
        " WHERE element_id = :thing"
    ),
    "stock level is the sum of its movements": "UPDATE stock_level SET on_hand = on_hand + 1 WHERE element_id = :thing",
    "reserved is the sum of held reservations and of what is set aside": (
        "UPDATE stock_level SET reserved = reserved + 1 WHERE element_id = :thing"
    ),
    "no stock is negative or promised twice": "UPDATE stock_level SET reserved = on_hand + 1 WHERE element_id = :thing",
    "held and committed reservations have lines": "DELETE FROM reservation_line WHERE order_id = :held",
    "committed reservations left the stock once": (
        "UPDATE reservation_line SET quantity = quantity + 1 WHERE order_id = :sold"
    ),
    "sales without a committed reservation were returned": (
        "UPDATE reservation SET status = 'released' WHERE order_id = :sold"
    ),
    "what was withheld after it was sold came back": (
        "INSERT INTO reservation_withheld VALUES ('req_1', :thing_sku, :sold, 1, false, now())"
    ),
    "stock of what is delivered by code is free codes": (
        "INSERT INTO code (code, element_id) VALUES ('ONE-TOO-MANY', :voucher)"
    ),
    "codes are issued as many as were sold": (
        "INSERT INTO code (code, element_id, sku_id, state, order_id, issued_at)"
        " VALUES ('STRAY', :voucher, :voucher_sku, 'issued', :held, now())"
    ),
    "partners' codes came in and were withdrawn as movements say": (
        "WITH theirs AS (UPDATE element SET codes_of = 'partner' WHERE element_id = :voucher RETURNING element_id)"
        " INSERT INTO code (code, element_id, state) SELECT 'STRAY', element_id, 'withdrawn' FROM theirs"
    ),
    "codes went to the SKUs that needed them": ("UPDATE code SET sku_id = :thing_sku WHERE order_id = :sold"),
    "lines of a reservation are what its parts need": (
        "UPDATE reservation_part SET quantity = quantity + 1 WHERE order_id = :held AND element_id = :thing"
    ),
    "parts of a SKU in an order agree on its pieces": (
        "INSERT INTO reservation_part SELECT order_id, sku_id, :voucher, pieces + 1, 1 FROM reservation_part"
        " WHERE order_id = :held AND element_id = :thing"
    ),
    "every SKU is composed of elements that fit its goods": (
        "UPDATE sku_element SET element_id = :voucher WHERE sku_id = :thing_sku"
    ),
    "every element has stock rows": (
        "INSERT INTO element (element_id, delivery, form, name_zh, name_en, least_tier)"
        " VALUES ('elm_new', 'parcel', 'parcel', '新', 'new', 'registered')"
    ),
    "what is on its way left its place and has not arrived": CONSIGNMENT.format(status="in_transit", arrived=0),
    "what arrived of a consignment was moved by it": CONSIGNMENT.format(status="received", arrived=1),
    "what is handed over leaves one place as it comes to the other": (
        "INSERT INTO movement (kind, element_id, place_id, quantity, document_id, key, reason, actor, moved_at)"
        " SELECT 'handed_over', element_id, place_id, 1, 'csg_1', 'k', '', '', now() FROM stock_level"
        " WHERE element_id = :thing"
    ),
    "a count moved what it was off, once it was posted": (
        "INSERT INTO stock_count SELECT 'cnt_1', place_id, 'posted', '', '', now(), 'a', NULL, now(), '' FROM place"
        " LIMIT 1; INSERT INTO stock_count_line SELECT 'cnt_1', :thing, 5, 5, 4, 'a', now()"
    ),
    "no code exists twice": (
        "INSERT INTO code (code, element_id) SELECT code, element_id FROM code WHERE element_id = :voucher"
    ),
    "what members used of limits is what their orders took": (
        "INSERT INTO limit_use VALUES ('lim_1', 'mbr_1', '2027-01-01', 1, 2)"
    ),
    "goods are not on sale twice at once": (
        "INSERT INTO sale_window (goods_id, begins_at, opened_by, opened_because)"
        " SELECT goods_id, '2020-01-01', 'x', 'x' FROM sku WHERE sku_id = :thing_sku"
    ),
    "terms of a price do not overlap": (
        "INSERT INTO price (price_id, sku_id, points, cash_fen, effective_from, effective_until, actor)"
        " SELECT price_id, sku_id, 1, 0, effective_from, 'infinity', 'x' FROM price WHERE sku_id = :thing_sku"
    ),
}
WITHOUT_GUARDS = """
    SET LOCAL session_replication_role = replica;
    ALTER TABLE stock_level DROP CONSTRAINT stock_level_check;
    ALTER TABLE code DROP CONSTRAINT code_code_key;
    ALTER TABLE presale DROP CONSTRAINT presale_check1;
"""


@pytest.fixture
def shop(engine):
    works = works_on(engine)
    things = {"thing_sku": stocked(works, 9), "voucher_sku": stocked(works, 9, kind="virtual")}
    elements = {name.removesuffix("_sku"): own_element(sku_id) for name, sku_id in things.items()}
    orders = {"held": new_order(), "sold": new_order()}
    for order_id in orders.values():
        reserve(works, order_id, (things["thing_sku"], 2), (things["voucher_sku"], 1))
    commit(works, orders["sold"])
    assert broken_invariants(works) == []
    return {**things, **elements, **orders}


def test_every_invariant_is_covered():
    assert set(DAMAGE) == set(INVARIANTS)


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_by_the_check_that_names_it(engine, shop, name):
    with engine.connect() as connection:
        connection.execute(sa.text(WITHOUT_GUARDS))
        connection.execute(
            sa.text(DAMAGE[name]), {k: v for k, v in shop.items() if re.search(rf":{k}\b", DAMAGE[name])}
        )
        found = connection.execute(sa.text(INVARIANTS[name])).mappings().all()
        connection.rollback()
    assert found


def test_operators_see_each_check_and_the_exit_code(engine, shop, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_CATALOG", engine.url.render_as_string(hide_password=False))
    assert ops.main(["check", "--json"]) == 0
    assert orjson.loads(capsys.readouterr().out) == [{"name": name, "ok": True, "found": []} for name in INVARIANTS]
    spoil(engine, "UPDATE stock_level SET on_hand = on_hand + 1 WHERE element_id = :thing", shop)
    try:
        assert ops.main(["check"]) == 1
        shown = capsys.readouterr().out
        assert f"✗ stock level is the sum of its movements: element_id={shop['thing']} " in shown
    finally:
        spoil(engine, "UPDATE stock_level SET on_hand = on_hand - 1 WHERE element_id = :thing", shop)


def test_without_a_database_url_operators_are_told(monkeypatch, capsys):
    monkeypatch.delenv("MALL_DATABASE_URL_CATALOG", raising=False)
    monkeypatch.delenv("MALL_DATABASE_URL", raising=False)
    assert ops.main(["check"]) == 2
    assert "MALL_DATABASE_URL" in capsys.readouterr().err


def spoil(engine, statement, shop):
    with engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.text(statement), {"thing": shop["thing"]})
