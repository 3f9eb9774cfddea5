"""Constant statements take a short way to the driver: the same rows, the same errors, the same care for connections."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.chassis.data.plans import USES_UNTIL_PLANNED
from services.chassis.data.statements import Rows, execute
from tests.integration.chassis.receiving import RECEIVE, RECEIVED

NOON = datetime(2026, 11, 20, 12, 0, 0, 250, tzinfo=UTC)

TEXTS = {
    "types": (
        "SELECT CAST(:n AS bigint) AS n, CAST(:d AS numeric) AS d, CAST(:t AS text) AS t, CAST(:f AS float) AS f,"
        " CAST(:at AS timestamptz) AS at, CAST(:day AS date) AS day, CAST(:yes AS boolean) AS yes,"
        " CAST(:none AS text) AS none",
        {"n": 2**62, "d": Decimal("1.50"), "t": "积分 % :x '\\", "at": NOON, "day": date(2026, 2, 28), "yes": True}
        | {"none": None, "f": 0.5},
    ),
    "arrays": (
        "SELECT CAST(:words AS text[]) AS words, 2 = ANY(:ns) AS found, CAST(:none AS text[]) AS none",
        {"words": ["a", "{b}", 'c"', None], "ns": [1, 2], "none": []},
    ),
    "an interval and a uuid": (
        "SELECT CAST(:i AS interval) AS i, CAST(:u AS uuid) AS u",
        {"i": timedelta(hours=1), "u": UUID(int=1)},
    ),
    "json comes decoded": ("""SELECT CAST('{"a": [1, null]}' AS jsonb) AS b, CAST('[1]' AS json) AS j""", {}),
    "percent signs": ("SELECT 7 % 4 AS rest, 'abc' LIKE 'a%' AS begins, to_char(CAST(:n AS int), '9%') AS s", {"n": 5}),
    "percent signs without parameters": ("SELECT 'abc' LIKE '%b%' AS has, 7 % 4 AS rest", None),
    "colons": (
        "SELECT CAST('2026-11-20 12:00:00+08' AS timestamptz) AS at, CAST('\\:x' AS text) AS escaped,"
        " '7'::bigint + :n AS casted, (ARRAY[1, 2, 3])[1\\:2] AS part",
        {"n": 1},
    ),
    "json paths": (
        """SELECT jsonb_path_query_array(CAST(:doc AS jsonb), '$.lines[*] ? (@.n > 1).sku') AS skus,
                  CAST(:doc AS jsonb) #>> '{lines,0,sku}' AS first, CAST(:doc AS jsonb) @? '$.lines[0]' AS there""",
        {"doc": '{"lines": [{"sku": "a", "n": 1}, {"sku": "b", "n": 2}]}'},
    ),
    "no rows": ("SELECT 1 AS one WHERE :never", {"never": False}),
    "a name twice": ("SELECT :a AS a, 2 AS b, :a AS c", {"a": "x", "unused": 1}),
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_gives_what_sqlalchemy_gives(connection, text):
    statement, parameters = sa.text(TEXTS[text][0]), TEXTS[text][1]
    expected = connection.execute(statement, parameters)

    keys, rowcount, rows = list(expected.keys()), expected.rowcount, expected.all()
    for _ in range(2 * USES_UNTIL_PLANNED):  # and those that can be planned are
        answered = execute(connection, statement, parameters)

        assert isinstance(answered, Rows)
        assert (list(answered.keys()), answered.rowcount) == (keys, rowcount)
        given = answered.all()
        assert given == rows
        assert [[type(value) for value in row] for row in given] == [[type(value) for value in row] for row in rows]


def test_rows_can_be_read_in_every_way(connection):
    numbers = sa.text("SELECT n, n * n AS square FROM generate_series(1, :most) AS n")

    def run(most=2):
        return execute(connection, numbers, {"most": most})

    assert run().all() == [(1, 1), (2, 4)]
    assert [row.square for row in run()] == [1, 4]
    assert [n for n, _ in run()] == [1, 2]
    assert run().mappings().all() == [{"n": 1, "square": 1}, {"n": 2, "square": 4}]
    assert [dict(row._mapping) for row in run(1)] == [{"n": 1, "square": 1}]
    assert list(run().scalars()) == [1, 2]
    assert run().first() == (1, 1)
    assert (run(1).one(), run(1).scalar_one(), run(1).scalar()) == ((1, 1), 1, 1)
    assert (run(0).one_or_none(), run(0).scalar_one_or_none(), run(0).first()) == (None, None, None)
    assert isinstance(run(1).one(), sa.Row)
    with pytest.raises(sa.exc.NoResultFound):
        run(0).one()
    with pytest.raises(sa.exc.MultipleResultsFound):
        run().one_or_none()


def test_two_columns_of_one_name_are_not_mixed_up(connection):
    row = execute(connection, sa.text("SELECT 1 AS n, 2 AS n")).one()
    assert tuple(row) == (1, 2)
    with pytest.raises(sa.exc.InvalidRequestError, match="Ambiguous"):
        row.n  # noqa: B018


def test_what_returns_no_rows_says_how_many_it_changed(connection):
    execute(connection, RECEIVE, RECEIVED)
    changed = execute(connection, sa.text("UPDATE inbox SET applied_at = now() WHERE handler = :h"), {"h": "h"})
    assert changed.rowcount == 1
    with pytest.raises(sa.exc.ResourceClosedError):
        changed.all()


def test_a_dict_becomes_jsonb(connection):
    put = sa.text("INSERT INTO answer (command, request_id, fingerprint, reply) VALUES ('c', 'r', :f, :reply)")
    reply = {"积分": [1, None, "it's \\ % :x"], "at": "12:00:00"}
    execute(connection, put, {"f": b"\x00\xff", "reply": reply})
    row = execute(connection, sa.text("SELECT fingerprint, reply FROM answer")).one()
    assert (bytes(row.fingerprint), row.reply) == (b"\x00\xff", reply)


def test_a_select_star_sees_a_column_that_was_added(connection):
    everything = sa.text("SELECT * FROM inbox")
    execute(connection, RECEIVE, RECEIVED)
    assert len(execute(connection, everything).one()) == 3
    connection.execute(sa.text("ALTER TABLE inbox ADD COLUMN colour text DEFAULT 'red'"))
    assert execute(connection, everything).one().colour == "red"
