"""Terms of sale: rows that operations add, within bounds that keep orders safe."""

import json

import pytest
import sqlalchemy as sa

from services.chassis.testkit import database_of
from services.orders.ops import main
from tests.support.old_databases import database_from

engine = database_of("orders")
ADD = "INSERT INTO sale_terms VALUES (now(), 900, :grace, :covered, 7, 'test', 7, 'why')"
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


@pytest.fixture
def operate(engine, monkeypatch, capsys):
    monkeypatch.setenv("MALL_DATABASE_URL_ORDERS", engine.url.render_as_string(hide_password=False))

    def typed(*words):
        code = main(["terms", *words, "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else said.err

    return typed


def test_what_operators_do_not_say_stays_as_it_is_decided_for_then(operate):
    later, still_later = "2999-01-01T00:00:00+08:00", "2999-02-01T00:00:00+08:00"
    assert operate("set", "--fetch-days", "9", "--from", later, "--because", "春节")[0] == 0
    assert operate("set", "--pay-window-s", "1200", "--because", "慢")[0] == 0
    assert operate("set", "--auto-complete-days", "10", "--from", still_later, "--because", "物流")[0] == 0

    code, [last, holidays, now, *_] = operate("list")

    assert code == 0
    assert (last["auto_complete_days"], last["fetch_days"], last["pay_window_s"]) == (10, 9, 900)
    assert (now["pay_window_s"], now["fetch_days"], now["reason"]) == (1200, 7, "慢")
    assert (holidays["effective_from"], holidays["reason"]) == ("2998-12-31T16:00:00.000Z", "春节")
    assert {terms["actor"].partition(":")[0] for terms in (last, holidays, now)} == {"ops"}


@pytest.mark.parametrize(
    "wrong",
    [
        ("--fetch-days", "0"),
        ("--fetch-days", "61"),
        ("--hold-grace-s", "59"),
        ("--hold-grace-s", "900"),  # as long as the holds of what costs no cash
        ("--fetch-days", "8", "--from", "2020-01-01T00:00:00Z"),
    ],
)
def test_terms_that_no_order_could_follow_and_a_changed_past_are_refused(operate, wrong):
    before = operate("list")
    code, said = operate("set", *wrong, "--because", "x")
    assert (code, said.split(":")[0], operate("list")) == (1, "order.terms_invalid", before)


def test_of_two_decisions_for_one_instant_the_first_counts(operate):
    words = ("--from", "2999-03-01T00:00:00Z", "--because", "x")
    _, first = operate("set", "--fetch-days", "9", *words)
    assert operate("set", "--fetch-days", "10", *words)[0] == 1
    assert operate("list") == (0, first)


def test_what_was_decided_is_not_rewritten(engine):
    with pytest.raises(sa.exc.DBAPIError, match="sale_terms"), engine.begin() as connection:
        connection.execute(sa.text("UPDATE sale_terms SET fetch_days = 1"))
    with database_from("orders", "0018", "SELECT 1") as old, old.connect() as connection:
        told = connection.execute(sa.text("SELECT DISTINCT reason FROM sale_terms")).scalars().all()
    assert told == ["not recorded"]
