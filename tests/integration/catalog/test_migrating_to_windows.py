"""Goods of before there were windows of sale stay on sale exactly as long as they were to be."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from services.chassis.ids import derived_id
from tests.support.old_databases import database_from

# ruff: noqa: S608 — statements put together of constants of this file

SINCE, UNTIL, BEFORE = "2026-01-01 00:00+00", "2027-01-01 00:00+00", "2025-01-01 00:00+00"
ENDLESS, BOUNDED, TURNED = (derived_id("gds", name) for name in ("endless", "bounded", "turned"))
AS_IT_WAS = f"""
INSERT INTO merchant VALUES ('mer_1', '商户', 'Merchant');
INSERT INTO category VALUES ('food', DEFAULT, '食品', 'Food');
INSERT INTO goods (goods_id, merchant_id, category, kind, name_zh, name_en, description_zh, description_en, least_tier,
                   on_sale_from, on_sale_until, search_text, updated_at)
SELECT goods_id, 'mer_1', 'food', 'physical', '货', 'goods', '', '', 'registered', '{SINCE}', until::timestamptz,
       '', now()
FROM (VALUES ('{ENDLESS}', NULL), ('{BOUNDED}', '{UNTIL}'), ('{TURNED}', '{BEFORE}')) AS of_before (goods_id, until);
"""


@pytest.fixture
def engine():
    with database_from("catalog", "0006", AS_IT_WAS) as engine:
        yield engine


def test_who_had_no_end_has_none_and_who_ended_before_it_began_was_never_on_sale(engine):
    with engine.connect() as connection:
        windows = dict(connection.execute(sa.text("SELECT goods_id, ends_at FROM sale_window")).tuples().all())
    assert windows == {
        ENDLESS: None,
        BOUNDED: datetime(2027, 1, 1, tzinfo=UTC),
        TURNED: datetime(2026, 1, 1, tzinfo=UTC),
    }
