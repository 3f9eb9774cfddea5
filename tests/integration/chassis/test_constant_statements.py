"""Statements built in Python take the short way too once they turn out to be constants."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, insert

from services.chassis.data import statements
from services.chassis.data.statements import Rows, execute
from services.chassis.data.tables import answer, inbox, outbox
from services.chassis.testkit import works_on
from tests.integration.chassis.receiving import RECEIVE, RECEIVED

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def constant_statements():
    named = sa.select(inbox.c.event_id, inbox.c.applied_at, outbox.c.id.label("event")).where(
        inbox.c.handler == sa.bindparam("handler"), inbox.c.event_id != "evt_none"
    )
    one_of_both = sa.select(inbox.c.event_id, outbox.c.event_id, outbox.c.id)
    return [
        (named.join_from(inbox, outbox, outbox.c.event_id == inbox.c.event_id, isouter=True), {"handler": "h"}),
        (one_of_both.join_from(inbox, outbox, sa.true(), isouter=True), {}),
        (sa.select(answer.c.fingerprint, answer.c.reply).where(answer.c.command == sa.bindparam("c")), {"c": "c"}),
        (sa.update(inbox).where(inbox.c.handler == "h").returning(inbox.c.event_id), {"handler": "h"}),
        (sa.delete(inbox).where(inbox.c.handler == sa.bindparam("h")), {"h": "nobody"}),
        (insert(answer).on_conflict_do_nothing(), {"command": "c", "request_id": "r", "fingerprint": b"", "reply": {}}),
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(len(constant_statements())))
def test_a_statement_built_once_and_used_often_takes_the_short_way_too(connection, number):
    statement, parameters = constant_statements()[number]
    execute(connection, RECEIVE, RECEIVED)
    connection.execute(answer.insert().values(command="c", request_id="r", fingerprint=b"f", reply={"n": [1]}))

    first, second = (execute(connection, statement, parameters) for _ in range(2))

    assert (type(first), type(second)) == (sa.CursorResult, Rows)
    assert second.rowcount == first.rowcount
    if first.returns_rows:
        assert list(second.keys()) == list(first.keys())
        assert second.all() == first.all()


def test_values_written_by_a_constant_statement_are_adapted_by_its_columns(connection):
    table = sa.Table("thing", sa.MetaData(), sa.Column("id", sa.Text, primary_key=True), sa.Column("seen", JSONB))
    table.create(connection)
    add = insert(table)
    for name in ("a", "b", "c"):
        execute(connection, add, {"id": name, "seen": [{"n": name}]})
    find = sa.select(table.c.seen).where(table.c.id == sa.bindparam("id"))
    assert [execute(connection, find, {"id": name}).scalar_one() for name in "abc"] == [[{"n": n}] for n in "abc"]


def test_other_parameters_than_before_change_what_an_insert_writes(connection):
    add = insert(inbox).returning(inbox.c.applied_at)
    for number in range(3):
        execute(connection, add, {"handler": "h", "event_id": str(number)})
    found = execute(connection, add, {"handler": "h", "event_id": "at", "applied_at": NOON}).scalar_one()
    assert found == NOON


def test_lists_that_grow_and_keys_given_back_stay_with_sqlalchemy(connection):
    several = sa.select(inbox.c.event_id).where(inbox.c.event_id.in_(sa.bindparam("ids", expanding=True)))
    several_as_text = sa.text("SELECT event_id FROM inbox WHERE event_id IN :ids").bindparams(
        sa.bindparam("ids", expanding=True)
    )
    execute(connection, RECEIVE, RECEIVED)
    for statement in (several, several_as_text):
        for ids in (["evt_1", "evt_2"], ["evt_1"]):
            assert execute(connection, statement, {"ids": ids}).scalars().all() == ids[:1]
    emit = outbox.insert()
    row = {"event_id": "e", "exchange": "x", "type": "t", "envelope": "{}"}
    keys = [execute(connection, emit, row).inserted_primary_key for _ in range(3)]
    assert keys == [(1,), (2,), (3,)]


def test_rows_of_parameters_are_written_all(connection):
    execute(connection, RECEIVE, [{"handler": "h", "event_id": str(number)} for number in range(3)])
    assert execute(connection, sa.text("SELECT count(*) FROM inbox")).scalar_one() == 3


def test_who_listens_to_an_engine_hears_every_statement(database):
    heard = []
    sa.event.listen(database, "before_cursor_execute", lambda *call: heard.append(call[2]))
    with works_on(database).begin() as work:
        work.execute(RECEIVE, RECEIVED)
    assert heard == ["INSERT INTO inbox (handler, event_id) VALUES (%(handler)s, %(event_id)s)"]


def test_statements_of_one_call_are_not_kept(connection):
    before = len(statements._prepared)
    for number in range(50):
        execute(connection, sa.select(inbox.c.event_id).where(inbox.c.event_id == str(number)))
        execute(connection, sa.text(f"SELECT {number}"))
    assert len(statements._prepared) <= before + 2
