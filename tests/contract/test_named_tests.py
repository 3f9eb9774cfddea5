"""docs/reliability.md names tests; each of them must be there, or the document promises what nobody holds."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
DOCUMENT = TESTS.parent / "docs" / "reliability.md"
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def named_tests() -> list[tuple[str, str]]:
    return sorted(set(NAMED.findall(DOCUMENT.read_text())))


def test_it_names_some() -> None:
    assert len(named_tests()) > 20


@pytest.mark.parametrize(("file", "test"), named_tests())
def test_it_is_there(file: str, test: str) -> None:
    assert f"\ndef {test}(" in (TESTS / file).read_text()


def test_every_row_of_a_table_of_tests_names_one() -> None:
    tables = DOCUMENT.read_text().partition("## While everything fails")[0]
    rows = [line for line in tables.splitlines() if line.startswith("| ") and "| test |" not in line]
    assert [row for row in rows if not NAMED.search(row)] == []
