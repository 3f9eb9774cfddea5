"""Partners' codes as they come in files: one a row, with the last day on which it is good, if it has one. Pure."""

import csv
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

Row = Mapping[str, Any]
_NUMBER = re.compile(r"[!-+\--~]{4,60}")  # printable, no blank and no comma
HEADINGS = ("code", "expires_on")


def rows_of(text: str) -> list[dict[str, Any]]:
    """[{row, code, expires_on}] of CSV, with a line of headings or without, or of one code a line. Empty lines say
    nothing; ``row`` counts lines from 1."""
    found = []
    for number, cells in enumerate(csv.reader(text.lstrip("\ufeff").splitlines()), start=1):
        cells = [cell.strip() for cell in cells]
        if any(cells) and not (number == 1 and cells[0].lower() == HEADINGS[0]):
            found.append({"row": number, "code": cells[0], "expires_on": ",".join(cells[1:]) or None})
    return found


def wrong_rows(rows: Sequence[Row], known: Collection[str], today: date) -> list[dict[str, Any]]:
    """[{row, why}] of every row that cannot come in, in their order; ``known`` were here before."""
    seen: set[str] = set()
    wrong = []
    for row in rows:
        if why := _what_is_wrong(row, known, seen, today):
            wrong.append({"row": row["row"], "why": why})
        seen.add(row["code"])
    return wrong


def last_day_said(row: Row) -> date | None:
    """Of a row in which nothing is wrong."""
    return date.fromisoformat(row["expires_on"]) if row["expires_on"] else None


def _what_is_wrong(row: Row, known: Collection[str], seen: Collection[str], today: date) -> str | None:
    if not _NUMBER.fullmatch(row["code"]):
        return "not a code: 4 to 60 printable signs, no blank and no comma"
    if row["code"] in seen:
        return "twice in the file"
    if row["code"] in known:
        return "imported before"
    try:
        ends = last_day_said(row)
    except ValueError:
        return "not a day like 2027-12-31"
    return "expired" if ends and ends < today else None
