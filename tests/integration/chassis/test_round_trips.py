"""What is sent with what, and that transactions are what they always were."""

from unittest.mock import patch

import psycopg2
import pytest
import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.data.round_trips import FewTripsCursor
from services.chassis.data.statements import execute
from services.chassis.data.work import Works

ONE = sa.text("VALUES (1)")  # which is not planned by itself
NOTE = Planned("note", "INSERT INTO inbox (handler, event_id) VALUES (:handler, :event_id)")
NOTED = sa.text("SELECT event_id FROM inbox WHERE handler = :handler ORDER BY event_id")


@pytest.fixture
def sent(database: sa.Engine):
    """Messages to the server, each in its words; what sessions ask at their beginning comes before."""
    for statement in (ONE, NOTED):
        with database.begin() as connection:
            execute(connection, statement, {"handler": ""})
    messages: list[str] = []
    send = FewTripsCursor.execute

    def note(cursor, *statement):
        send(cursor, *statement)
        messages.append(cursor.query.decode())

    with patch.object(FewTripsCursor, "execute", note):
        yield messages


def noted(database: sa.Engine, handler: str) -> list[str]:
    with database.begin() as connection:
        return list(execute(connection, NOTED, {"handler": handler}).scalars())


def test_a_transaction_begins_with_its_first_statement(database, sent):
    with database.begin() as connection:
        execute(connection, ONE)
        execute(connection, ONE)

    assert sent == ["BEGIN; VALUES (1)", "VALUES (1)", "COMMIT"]


def test_where_nothing_is_asked_nothing_is_sent(database, sent):
    with database.begin():
        pass

    assert sent == []


def test_what_is_left_for_the_end_goes_with_the_commit(database, sent):
    with database.begin() as connection:
        NOTE.leave(connection, {"handler": "planned", "event_id": "first"})
    sent.clear()

    with database.begin() as connection:
        NOTE.leave(connection, {"handler": "last", "event_id": "a"})
        NOTE.leave(connection, {"handler": "last", "event_id": "b"})

    assert len(sent) == 1
    assert (sent[0].startswith("BEGIN; EXECUTE"), sent[0].endswith("; COMMIT")) == (True, True)
    assert noted(database, "last") == ["a", "b"]


def test_what_is_left_is_done_before_the_next_statement(database):
    with database.begin() as connection:
        NOTE.leave(connection, {"handler": "before", "event_id": "a"})
        assert list(execute(connection, NOTED, {"handler": "before"}).scalars()) == ["a"]


def test_what_is_left_is_forgotten_with_its_transaction(database):
    with pytest.raises(ZeroDivisionError), database.begin() as connection:
        NOTE.leave(connection, {"handler": "forgotten", "event_id": "a"})
        raise ZeroDivisionError

    assert noted(database, "forgotten") == []


def test_what_cannot_be_done_at_the_end_undoes_all_and_is_told(database):
    with database.begin() as connection:
        NOTE.run(connection, {"handler": "twice", "event_id": "a"})

    with pytest.raises(sa.exc.IntegrityError) as told, database.begin() as connection:
        NOTE.run(connection, {"handler": "twice", "event_id": "b"})
        NOTE.leave(connection, {"handler": "twice", "event_id": "a"})

    assert isinstance(told.value.orig, psycopg2.errors.UniqueViolation)
    assert noted(database, "twice") == ["a"]


def test_an_error_ends_a_transaction_as_ever(database):
    with pytest.raises(sa.exc.DBAPIError), database.begin() as connection:
        NOTE.run(connection, {"handler": "undone", "event_id": "a"})
        connection.exec_driver_sql("SELECT 1/0")

    assert noted(database, "undone") == []


def test_many_rows_at_once_are_one_transaction(database):
    rows = [{"handler": "many", "event_id": event_id} for event_id in "ab"]
    insert = sa.text("INSERT INTO inbox (handler, event_id) VALUES (:handler, :event_id)")

    with pytest.raises(ZeroDivisionError), database.begin() as connection:
        connection.execute(insert, rows)
        raise ZeroDivisionError

    assert noted(database, "many") == []


def test_each_statement_is_its_own_in_autocommit_and_a_transaction_again_after_it(database, sent):
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(ONE)
    assert sent == ["VALUES (1)"]
    sent.clear()

    with database.begin() as connection:
        execute(connection, ONE)
    assert sent == ["BEGIN; VALUES (1)", "COMMIT"]


def test_another_isolation_level_lasts_as_long_as_its_connection(database, sent):
    level = sa.text("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
    still = database.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    with still.begin() as connection:
        assert tuple(connection.execute(level).one()) == ("repeatable read", "on")
    with database.begin() as connection:
        assert tuple(connection.execute(level).one()) == ("read committed", "off")
    assert sent[-2].startswith("BEGIN; SELECT")


def test_one_moment_lasts_as_long_as_its_transaction(database, sent):
    level = sa.text("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
    works = Works(database)

    with works.still() as work:
        assert tuple(work.execute(level).one()) == ("repeatable read", "on")
    assert sent[0].startswith("BEGIN; SET TRANSACTION")
    with works.begin() as work:
        assert tuple(work.execute(level).one()) == ("read committed", "off")


def test_rows_that_stay_at_the_server_come_in_a_transaction(database, sent):
    few = sa.text("SELECT generate_series(1, 3)").execution_options(stream_results=True, yield_per=1)

    with database.begin() as connection:
        assert list(connection.execute(few).scalars()) == [1, 2, 3]
        NOTE.run(connection, {"handler": "beside", "event_id": "a"})
    begun = len(sent)
    assert noted(database, "beside") == ["a"]
    assert sent[begun].startswith("BEGIN; ")


def test_what_was_begun_before_rows_stay_at_the_server_is_one_transaction_with_them(database):
    few = sa.text("SELECT event_id FROM inbox WHERE handler = 'mixed'").execution_options(stream_results=True)

    with pytest.raises(ZeroDivisionError), database.begin() as connection:
        NOTE.run(connection, {"handler": "mixed", "event_id": "a"})
        assert list(connection.execute(few).scalars()) == ["a"]
        raise ZeroDivisionError
    assert noted(database, "mixed") == []


def test_what_is_left_beside_rows_that_stay_at_the_server_is_done_with_them(database):
    few = sa.text("SELECT event_id FROM inbox WHERE handler = 'streamed' ORDER BY event_id")

    with database.begin() as connection:
        NOTE.leave(connection, {"handler": "streamed", "event_id": "a"})
        assert list(connection.execute(few.execution_options(stream_results=True)).scalars()) == ["a"]
        NOTE.leave(connection, {"handler": "streamed", "event_id": "b"})

    assert noted(database, "streamed") == ["a", "b"]
