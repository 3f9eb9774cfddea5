"""Terms of sale: rows that operations add, within bounds that keep orders safe."""

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of
from tests.support.old_databases import database_from

engine = database_of("orders")
ADD = "INSERT INTO sale_terms VALUES (now(), 900, :grace, :covered, 7, 'test')"
IN_FORCE = sa.text(
    "SELECT hold_grace_s, covered_hold_s, actor FROM sale_terms WHERE effective_from <= now()"
    " ORDER BY effective_from DESC"
)
TOO_SHORT = """
INSERT INTO sale_terms VALUES (now() - interval '1 day', 900, 30, 60, 7, 'ops:li');
INSERT INTO sale_terms VALUES (now() + interval '1 day', 900, 59, 120, 7, 'ops:li')
"""


def test_holds_outlive_the_time_to_pay_by_a_minute_at_least(engine):
    with pytest.raises(sa.exc.IntegrityError), engine.begin() as connection:
        connection.execute(sa.text(ADD), {"grace": 59, "covered": 900})
    with engine.begin() as connection:
        connection.execute(sa.text(ADD), {"grace": 60, "covered": 61})


def test_shorter_terms_of_before_give_way_and_stay_on_record():
    with database_from("orders", "0003", TOO_SHORT) as engine, engine.connect() as connection:
        now, before, *_ = connection.execute(IN_FORCE).all()
        to_come = connection.execute(sa.text("SELECT hold_grace_s FROM sale_terms WHERE effective_from > now()")).all()
    assert tuple(now) == (60, 61, "migration")
    assert tuple(before) == (30, 60, "ops:li")
    assert to_come == [(60,)]
