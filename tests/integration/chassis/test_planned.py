"""Statements that a session plans once: the same answers as ever, whatever happens to the session."""

import eventlet
import pytest
import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.data.tables import job
from tests.integration.chassis.test_database_faults import end_all_sessions

ECHO = Planned(
    "echo",
    """SELECT CAST(:ns AS bigint[]) AS ns, CAST(:doc AS jsonb) AS doc, CAST(:word AS text) AS word, :word = 'a' AS is_a,
              CAST(:none AS date) AS none, '7'::bigint AS seven""",
)
COUNT = Planned(
    "count_jobs", "SELECT name FROM job WHERE name = 'first' FOR UPDATE", "SELECT runs FROM job WHERE runs > 0"
)
PLANS = sa.text("SELECT name FROM pg_prepared_statements ORDER BY name")
# Of this database alone: other tests may wait for locks in theirs. Who waits for a row waits for a transaction, which
# is of no database, and holds a lock on the table.
WAITING_HERE = sa.text("""
    SELECT waiting.pid FROM pg_locks waiting JOIN pg_locks held USING (pid) JOIN pg_database ON oid = held.database
    WHERE NOT waiting.granted AND datname = current_database()
""")
VALUES = {"ns": [1, None, 2**40], "doc": {"a": [":word", None]}, "word": "it's", "none": None}


def echo(connection: sa.Connection) -> tuple:
    return tuple(ECHO.run(connection, VALUES).one())


def test_values_come_back_as_they_went_the_first_time_and_later(database):
    with database.begin() as connection:
        for _ in range(8):  # from the sixth on the server may use a plan that serves all values
            assert echo(connection) == ([1, None, 2**40], {"a": [":word", None]}, "it's", False, None, 7)


def test_what_sqlalchemy_says_is_planned_with_the_values_that_it_has(database):
    row = {"name": sa.bindparam("job_name"), "next_run_at": sa.func.now(), "last_error": "it's odd", "runs": 3}
    put = Planned("put_job", sa.insert(job).values(**row).returning(job.c.name, job.c.runs, job.c.last_error))
    with database.begin() as connection:
        assert put.run(connection, {"job_name": "second"}).one()._asdict() == {
            "name": "second",
            "runs": 3,
            "last_error": "it's odd",
        }


def test_a_session_plans_once(database):
    with database.begin() as connection:
        echo(connection)
        echo(connection)

        assert connection.execute(PLANS).scalars().all() == ["echo_1"]


def test_the_answer_is_that_of_the_last_statement_and_every_name_has_its_number(database):
    with database.begin() as connection:
        assert COUNT.run(connection, {}).all() == []
        assert connection.execute(PLANS).scalars().all() == ["count_jobs_1", "count_jobs_2"]


def test_a_transaction_that_rolls_back_leaves_the_plan(database):
    with database.connect() as connection:
        with pytest.raises(sa.exc.DataError), connection.begin():
            ECHO.run(connection, {**VALUES, "none": "nonsense"})
        with connection.begin():
            assert echo(connection)[2] == "it's"


def test_a_new_session_plans_anew(database):
    with database.connect() as connection:
        with connection.begin():
            echo(connection)
        end_all_sessions(database)

        with pytest.raises(sa.exc.OperationalError), connection.begin():
            echo(connection)
        with connection.begin():
            assert echo(connection)[2] == "it's"


def test_a_statement_sees_what_was_committed_while_the_one_before_it_waited(database):
    """What a command reads after it has waited for its wallet's lock."""
    with database.begin() as connection:
        connection.execute(sa.text("INSERT INTO job (name, next_run_at) VALUES ('first', now())"))
    with database.begin() as rival:
        rival.execute(sa.text("UPDATE job SET runs = runs + 1 WHERE name = 'first'"))
        waiting = eventlet.spawn(_count, database)
        with database.connect() as watch:
            while not watch.execute(WAITING_HERE).first():
                eventlet.sleep(0.01)

    assert waiting.wait() == [1]


def _count(database: sa.Engine) -> list[int]:
    with database.begin() as connection:
        return list(COUNT.run(connection, {}).scalars())
