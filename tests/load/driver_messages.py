"""What ours says to PostgreSQL, heard at the driver: listeners of SQLAlchemy do not hear what travels with COMMIT."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from services.chassis.data.round_trips import FewTripsCursor


@dataclass(frozen=True)
class Sent:
    """A message to the server, and which columns its answer has."""

    text: str
    columns: tuple[str, ...] = ()


@contextmanager
def listening() -> Iterator[list[Sent]]:
    """The messages of this process from here on, whichever connection they take."""
    execute, sent = FewTripsCursor.execute, list[Sent]()

    def execute_and_note(cursor: Any, *statement: Any) -> None:
        execute(cursor, *statement)
        sent.append(Sent(cursor.query.decode(), tuple(column.name for column in cursor.description or ())))

    with patch.object(FewTripsCursor, "execute", execute_and_note):
        yield sent


def plans_in(sent: list[Sent]) -> list[str]:
    """What a new session has to plan before it can say the rest."""
    return [message.text.removeprefix("BEGIN; ") for message in sent if "PREPARE" in message.text]
