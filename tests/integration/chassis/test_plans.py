"""Constant statements are planned once a session by themselves, and mean what they meant."""

from datetime import UTC, date, datetime, timedelta

import eventlet
import pytest
import sqlalchemy as sa

from services.chassis.data import plans
from services.chassis.data.plans import USES_UNTIL_PLANNED
from services.chassis.data.statements import execute
from services.chassis.data.tables import answer, inbox
from services.chassis.testkit import works_on

PLANNED = sa.text("SELECT statement, parameter_types::text[] FROM pg_prepared_statements")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUT = {"handler": "h", "event_id": "evt_1"}


def planned(connection: sa.Connection) -> list[str]:
    return [statement for statement, _ in connection.execute(PLANNED)]


def use_until_planned(connection: sa.Connection, statement: sa.ClauseElement, **values: object) -> None:
    for _ in range(USES_UNTIL_PLANNED + 1):
        execute(connection, statement, values)


def test_a_constant_is_planned_once_a_session_and_only_where_it_comes_again(database):
    constant = sa.text("SELECT event_id FROM inbox WHERE handler = :handler")
    with database.connect() as first, database.connect() as second:
        with first.begin():
            use_until_planned(first, constant, handler="h")
            assert len(planned(first)) == 1
        with second.begin():
            execute(second, constant, {"handler": "h"})
            assert planned(second) == []
            execute(second, constant, {"handler": "h"})
            assert len(planned(second)) == 1


def test_what_is_built_for_one_call_is_never_planned(connection):
    for number in range(9):
        execute(connection, sa.text(f"SELECT {number}"))
    assert planned(connection) == []


def test_parameters_have_the_types_that_the_server_reads_from_the_drivers_words(connection):
    every = sa.text(
        "SELECT event_id = :word, 1 < :small, 1 < :big, :yes, applied_at < :at, :day, now() - :span, :bytes,"
        " event_id = ANY(:words), 1 = ANY(:ns), 1 = ANY(:big_ns) FROM inbox"
    )
    lists = {"words": ["a"], "ns": [1, None], "big_ns": [1, 2**40]}
    moments = {"at": NOON, "day": date(2026, 11, 20), "span": timedelta(hours=1)}
    use_until_planned(connection, every, word="w", small=1, big=2**40, yes=True, bytes=b"\x00", **moments, **lists)

    [types] = [types for _, types in connection.execute(PLANNED)]
    moments = ["timestamp with time zone", "date", "interval"]
    assert types == ["text", "integer", "bigint", "boolean", *moments, "bytea", "text[]", "integer[]", "bigint[]"]


@pytest.mark.parametrize(
    ("first", "later"),
    [(1, 2**40), (2**40, 1), (1, None), (1, "7"), ([1], []), ([1], [2**40]), ([2**40], [1, None])],
)
def test_a_value_of_another_type_than_the_planned_one_is_answered_as_ever(connection, first, later):
    value: sa.BindParameter = sa.bindparam("value")
    wanted = sa.any_(value) if isinstance(first, list) else value
    constant = sa.select(sa.literal_column("7") == wanted, sa.literal_column("1") == wanted)
    use_until_planned(connection, constant, value=first)
    assert len(planned(connection)) == 1

    assert execute(connection, constant, {"value": later}).all() == (
        connection.execute(constant, {"value": later}).all()
    )


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1 WHERE 'abc' LIKE :word",
        "SELECT 1 WHERE :word IS NULL",
        "SELECT 1 WHERE CAST(:word AS text) IS NULL OR :word = 'a'",
        "SELECT 1 FROM inbox LIMIT :number",
        "SELECT 1 WHERE :word = 'a'; SELECT 2",
        "SET LOCAL application_name = :word",
        "SELECT 1 WHERE :fraction < 2",
        "SELECT 1 FROM inbox WHERE applied_at < :naive",
    ],
)
def test_what_needs_its_values_or_has_no_certain_type_is_not_planned(connection, text):
    values = {"word": "a", "number": 1, "fraction": 0.5, "naive": NOON.replace(tzinfo=None)}
    use_until_planned(connection, sa.text(text), **{name: values[name] for name in values if f":{name}" in text})
    assert planned(connection) == []


def test_what_the_server_cannot_prepare_is_executed_as_ever_and_harms_no_transaction(connection):
    anything = sa.text("SELECT jsonb_build_object('a', :value) AS built")
    execute(connection, inbox.insert(), PUT)

    for _ in range(2 * USES_UNTIL_PLANNED):
        assert execute(connection, anything, {"value": "x"}).scalar_one() == {"a": "x"}

    assert planned(connection) == []
    assert connection.execute(sa.select(inbox.c.event_id)).scalars().all() == ["evt_1"]


def test_values_that_belong_to_a_statement_are_planned_with_it(connection):
    named = sa.select(inbox.c.event_id).where(inbox.c.handler == sa.bindparam("handler"), inbox.c.event_id != "it's")
    named = named.limit(1)
    use_until_planned(connection, named, handler="h")

    [statement] = planned(connection)
    assert "inbox.handler = $1 AND inbox.event_id != 'it''s'" in statement
    assert statement.endswith("LIMIT 1")


def test_a_session_keeps_no_more_plans_than_it_may(connection, monkeypatch):
    monkeypatch.setattr(plans, "MOST", 2)
    for number in range(4):
        use_until_planned(connection, sa.text(f"SELECT {number}"))
    assert len(planned(connection)) == 2


def test_a_session_whose_plans_are_of_altered_tables_is_replaced_by_a_new_one(database):
    replies, works = sa.text("SELECT reply FROM answer"), works_on(database)
    with database.begin() as connection:
        connection.execute(answer.insert().values(command="c", request_id="r", fingerprint=b"", reply=[1]))

    def look(work, _request):
        return work.execute(replies).scalar_one()

    for _ in range(USES_UNTIL_PLANNED + 1):
        assert works.run(look, {}) == [1]
    with database.begin() as connection:
        connection.execute(sa.text("ALTER TABLE answer ALTER COLUMN reply TYPE text"))

    assert works.run(look, {}) == "[1]"
    assert database.pool.checkedout() == 0


def test_two_sessions_may_plan_the_same_for_the_first_time_at_once(database):
    """Each has its own types; what one of them knows must not be told to the other's session."""
    constant = sa.text("SELECT :value AS value, pg_sleep(0.01)")
    with database.connect() as first, database.connect() as second, first.begin(), second.begin():
        for number in range(USES_UNTIL_PLANNED + 1):
            values = (number, 2**40 + number)
            asked = zip((first, second), values, strict=True)
            sent = [eventlet.spawn(execute, session, constant, {"value": value}) for session, value in asked]
            assert [each.wait().first().value for each in sent] == list(values)
        assert [len(planned(each)) for each in (first, second)] == [1, 1]
