"""Elements and codes of before there were partners' codes: what came by code is our own, and is still sold."""

import pytest
import sqlalchemy as sa

from services.chassis.testkit import works_on
from tests.integration.catalog.shop import broken_invariants
from tests.support.old_databases import database_from

AS_IT_WAS = """
INSERT INTO element (element_id, delivery, form, name_zh, name_en, least_tier) VALUES
    ('elm_code', 'code', 'code', '卡密', 'Code', 'registered'),
    ('elm_case', 'parcel', 'parcel', '手机壳', 'Case', 'registered');
INSERT INTO stock_level (element_id, place_id) SELECT element_id, place_id FROM element, place;
INSERT INTO code (element_id, code) VALUES ('elm_code', 'OLD-1');
INSERT INTO movement (kind, element_id, place_id, quantity, key, reason, actor, moved_at)
SELECT 'received', 'elm_code', place_id, 1, 'opening', 'opening', 'test', now() FROM place;
"""


@pytest.fixture
def engine():
    with database_from("catalog", "0015", AS_IT_WAS) as engine:
        yield engine


def test_codes_of_before_are_our_own_and_have_no_end(engine):
    with engine.connect() as connection:
        makers = dict(connection.execute(sa.text("SELECT element_id, codes_of FROM element")).tuples().all())
        codes = connection.execute(sa.text("SELECT state, expires_on FROM code")).tuples().all()
    assert makers == {"elm_code": "own", "elm_case": None}
    assert codes == [("free", None)]
    assert broken_invariants(works_on(engine)) == []
