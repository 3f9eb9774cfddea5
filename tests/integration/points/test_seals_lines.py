"""The canonical lines that are sealed: every column, no two rows alike, always the same text."""

import json

from services.chassis.testkit import database_of
from services.points.storage.canonical_lines import ENTRY_COLUMNS, ENTRY_LINE, JOURNAL_COLUMNS, JOURNAL_LINE
from tests.integration.points.story import Ledger

engine = database_of("points")
NASTY = "引号\" \\ tab\t line\n bell\x07 del\x7f \u2028 😀 ' :x %s"


def test_lines_are_json_with_every_column(ledger: Ledger):
    member_id = ledger.member()
    ledger.accrue(member_id, 5, reference=NASTY)

    for table, columns, line in (("journal", JOURNAL_COLUMNS, JOURNAL_LINE), ("entry", ENTRY_COLUMNS, ENTRY_LINE)):
        named = ledger.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_name = :name AND table_schema = 'public'",
            name=table,
        )
        assert set(columns) == {name for (name,) in named}
        [(text,), *_] = ledger.fetch(f"SELECT {line} FROM {table}")  # noqa: S608
        assert text == json.dumps(json.loads(text), ensure_ascii=False)
        assert len(json.loads(text)) == 1 + len(columns)


def test_a_line_is_what_it_always_was(ledger: Ledger):
    ledger.member(7)
    given = (
        "SELECT * FROM (VALUES (7, 1, 22, 'PTS', -9223372036854775808, CAST(NULL AS int), CAST('9999-12-31' AS date),"
        " CAST('2026-11-20 04:00:00.000001+00' AS timestamptz)))"
        " AS entry (journal_id, seq, account_id, unit, amount, pool, expires_on, posted_at)"
    )

    [(line,)] = ledger.fetch(f"SELECT {ENTRY_LINE} FROM ({given}) AS entry")  # noqa: S608

    assert line == (
        '["entry", 7, 1, 22, "PTS", -9223372036854775808, null, "9999-12-31", "2026-11-20T04:00:00.000001"]'
    )
