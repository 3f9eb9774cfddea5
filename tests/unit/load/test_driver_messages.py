"""What is heard at the driver, by a cursor that needs no server."""

from typing import Any

import pytest

from services.chassis.data.round_trips import FewTripsCursor
from tests.load.driver_messages import Sent, listening, plans_in


class Column:
    def __init__(self, name: str) -> None:
        self.name = name


class Cursor:
    """As far as listening looks at one."""

    def __init__(self, *columns: str) -> None:
        self.description = [Column(name) for name in columns] or None
        self.query = b""


@pytest.fixture
def sent_by_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    def execute(cursor: Any, query: str, parameters: Any = None) -> None:
        cursor.query = query.replace("%s", str(parameters)).encode()

    monkeypatch.setattr(FewTripsCursor, "execute", execute)


@pytest.mark.usefixtures("sent_by_driver")
def test_every_message_is_heard_as_it_went_over_the_wire_until_listening_ends() -> None:
    with listening() as sent:
        FewTripsCursor.execute(Cursor("journal_id", "version"), "BEGIN; SELECT %s", 7)  # type: ignore[arg-type]
        FewTripsCursor.execute(Cursor(), "COMMIT")  # type: ignore[arg-type]
    FewTripsCursor.execute(Cursor(), "nobody listens")  # type: ignore[arg-type]

    assert sent == [Sent("BEGIN; SELECT 7", ("journal_id", "version")), Sent("COMMIT")]


def test_what_a_session_plans_is_told_without_the_transaction_in_which_it_did() -> None:
    sent = [
        Sent("BEGIN; PREPARE one AS SELECT 1"),
        Sent("PREPARE two AS SELECT 2"),
        Sent("EXECUTE one"),
        Sent("COMMIT"),
    ]

    assert plans_in(sent) == ["PREPARE one AS SELECT 1", "PREPARE two AS SELECT 2"]
