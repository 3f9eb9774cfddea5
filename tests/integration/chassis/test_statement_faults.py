"""What goes wrong on the short way goes wrong as ever: the same errors, the same care for connections."""

import eventlet
import pytest
import sqlalchemy as sa

from services.chassis.data.database import is_duplicate_key, is_worth_retrying
from services.chassis.data.statements import execute
from services.chassis.testkit import works_on
from tests.integration.chassis.receiving import RECEIVE, RECEIVED
from tests.integration.chassis.test_database_faults import end_all_sessions


def test_a_duplicate_is_known_as_one_and_hides_its_values(database):
    with pytest.raises(sa.exc.IntegrityError) as caught, works_on(database).begin() as work:
        for _ in range(2):
            work.execute(RECEIVE, {"handler": "secret", "event_id": "evt_1"})
    assert is_duplicate_key(caught.value)
    assert is_duplicate_key(caught.value, "inbox_pkey")
    assert not is_worth_retrying(caught.value)
    assert "hide_parameters" in str(caught.value)
    assert caught.value.statement.startswith("INSERT INTO inbox")


@pytest.mark.parametrize(
    ("failing", "parameters"), [("SELEC 1", None), ("SELECT 1 / :zero", {"zero": 0}), ("SELECT * FROM nothing", {})]
)
def test_the_servers_complaints_are_the_same_exceptions(database, failing, parameters):
    def complaint(run):
        with pytest.raises(sa.exc.DBAPIError) as caught, database.begin() as connection:
            run(connection, sa.text(failing), parameters)
        return type(caught.value), caught.value.orig.pgcode, str(caught.value)

    assert complaint(execute) == complaint(sa.Connection.execute)


@pytest.mark.parametrize("parameters", [None, {}, {"other": 1}])
def test_a_missing_parameter_is_told_as_ever(connection, parameters):
    with pytest.raises(sa.exc.StatementError, match="A value is required for bind parameter 'n'"):
        execute(connection, sa.text("SELECT :n"), parameters)


@pytest.mark.parametrize("value", ["\x00", object()])
def test_a_value_that_cannot_be_sent_is_the_same_exception(database, value):
    def complaint(run):
        with pytest.raises(Exception) as caught, database.begin() as connection:
            run(connection, sa.text("SELECT :n"), {"n": value})
        return type(caught.value)

    assert complaint(execute) == complaint(sa.Connection.execute)


def test_a_lost_connection_is_worth_another_try_and_leaves_the_pool(database):
    works = works_on(database)
    tries = []

    def count_tries(work, _):
        tries.append(work.execute(sa.text("SELECT pg_backend_pid()")).scalar_one())
        if len(tries) == 1:
            with sa.create_engine(database.url, poolclass=sa.NullPool).begin() as other:
                other.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": tries[0]})
        return work.execute(sa.text("SELECT :word AS word"), {"word": "there"}).scalar_one()

    assert works.run(count_tries, {}) == "there"
    assert len(set(tries)) == 2
    assert database.pool.checkedout() == 0


def test_work_whose_connection_was_lost_refuses_more_statements(database):
    with pytest.raises(sa.exc.DBAPIError) as caught, works_on(database).begin() as work:
        work.execute(sa.text("SELECT 1"))
        end_all_sessions(database)
        with pytest.raises(sa.exc.DBAPIError) as first:
            work.execute(sa.text("SELECT 1"))
        assert first.value.connection_invalidated
        with pytest.raises(sa.exc.PendingRollbackError):
            work.execute(sa.text("SELECT 1"))
        raise first.value
    assert is_worth_retrying(caught.value)


def test_a_time_out_in_the_middle_spoils_the_connection_and_no_more(database):
    with pytest.raises(eventlet.Timeout), works_on(database).begin() as work, eventlet.Timeout(0.05):
        work.execute(sa.text("SELECT pg_sleep(5)"))
    with works_on(database).begin() as work:
        assert work.execute(sa.text("SELECT 1")).scalar_one() == 1
    assert database.pool.checkedout() == 0


def test_a_transaction_that_failed_stays_failed(database):
    with pytest.raises(sa.exc.InternalError, match="current transaction is aborted"), database.begin() as connection:
        with pytest.raises(sa.exc.ProgrammingError):
            execute(connection, sa.text("SELECT * FROM nothing"))
        execute(connection, sa.text("SELECT 1"))


def test_after_the_end_of_the_transaction_nothing_is_executed(database):
    with works_on(database).begin() as work:
        pass
    with pytest.raises(sa.exc.ResourceClosedError):
        work.execute(RECEIVE, RECEIVED)


def test_savepoints_work(connection):
    execute(connection, RECEIVE, RECEIVED)
    with pytest.raises(sa.exc.IntegrityError), connection.begin_nested():
        execute(connection, RECEIVE, RECEIVED)
    assert execute(connection, sa.text("SELECT count(*) FROM inbox")).scalar_one() == 1


def test_a_commit_is_the_last_that_the_server_hears_of_a_transaction(database):
    """psycopg2 knows that nothing is to be rolled back when the pool resets the connection."""
    with works_on(database).begin() as work:
        pid = work.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
    last = sa.text("SELECT query, state FROM pg_stat_activity WHERE pid = :pid")
    with database.connect() as first, database.connect() as second:
        watcher = second if first.connection.dbapi_connection.info.backend_pid == pid else first
        assert tuple(watcher.execute(last, {"pid": pid}).one()) == ("COMMIT", "idle")
