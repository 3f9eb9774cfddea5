"""Journals, entries and records as canonical lines: one JSON array a row, with every column in a fixed order.

Two rows have the same line only if they are the same. Texts are JSON strings, moments are UTC with microseconds, bytes
are hexadecimal; a blank follows every comma. Lines are put together by hand, as ``json_build_array`` would write them,
at a fourth of its price.
"""

from collections.abc import Mapping

NUMBER, TEXT, MOMENT, DAY, BYTES, JSON = "number", "text", "moment", "day", "bytes", "json"
_WRITTEN = {
    NUMBER: "CAST({column} AS text)",
    TEXT: "CAST(to_json({column}) AS text)",
    MOMENT: "CAST(to_json({column} AT TIME ZONE 'UTC') AS text)",
    DAY: "CAST(to_json({column}) AS text)",
    BYTES: "CAST(to_json(encode({column}, 'hex')) AS text)",
    JSON: "CAST({column} AS text)",
}
JOURNAL_COLUMNS = {
    "id": NUMBER,
    "idem": TEXT,
    "kind": TEXT,
    "fingerprint": BYTES,
    "source": TEXT,
    "ref": TEXT,
    "corrects": NUMBER,
    "happened_at": MOMENT,
    "effective_on": DAY,
    "posted_at": MOMENT,
    "actor": TEXT,
    "channel": TEXT,
    "rule": TEXT,
    "result": JSON,
}
ENTRY_COLUMNS = {
    "journal_id": NUMBER,
    "seq": NUMBER,
    "account_id": NUMBER,
    "unit": TEXT,
    "amount": NUMBER,
    "pool": NUMBER,
    "expires_on": DAY,
    "posted_at": MOMENT,
}
RECORD_COLUMNS = {
    "id": NUMBER,
    "of_table": TEXT,
    "key": TEXT,
    "digest": BYTES,
    "because": TEXT,
    "noted_at": MOMENT,
    "noted_by": TEXT,
}


def json_array(label: str, values: Mapping[str, str]) -> str:
    """An SQL expression for the text of a JSON array, ``label`` first. ``values``: SQL expressions and their kinds."""
    elements = [f"coalesce({_WRITTEN[kind].format(column=column)}, 'null')" for column, kind in values.items()]
    return " || ', ' || ".join([f"'[\"{label}\"'", *elements]) + " || ']'"


def _of_table(table: str, columns: Mapping[str, str]) -> str:
    return json_array(table, {f"{table}.{column}": kind for column, kind in columns.items()})


JOURNAL_LINE = _of_table("journal", JOURNAL_COLUMNS)
ENTRY_LINE = _of_table("entry", ENTRY_COLUMNS)
RECORD_LINE = _of_table("record", RECORD_COLUMNS)
