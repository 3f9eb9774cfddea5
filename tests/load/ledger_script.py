"""What ours says to PostgreSQL for one redemption, as a script for pgbench: recorded, so that it is always the same."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from services.chassis.data.database import make_engine
from services.chassis.data.round_trips import FewTripsCursor
from tests.load.ledger_book import FIRST_ACCOUNT, FIRST_JOURNAL, FIRST_MEMBER, FIRST_VERSION, WALLETS, member_id
from tests.load.ledger_requests import redeem

DRAWS = f"""\\set member random({FIRST_MEMBER}, {FIRST_MEMBER + WALLETS - 1})
\\set account :member + {FIRST_ACCOUNT - FIRST_MEMBER}
\\set n :n + 1
"""
ORDER_KEYS = "ord_" + "a" * 32, "req_" + "b" * 32, "req_" + "c" * 32
NUMBER = f"{'0' * 20}:client_id:n"  # every client counts its orders; -D says from where on
# What the first statement of a transaction tells the second.
TOLD = {"journal_id": str(FIRST_JOURNAL)[0], "version": str(FIRST_VERSION)[0]}


@dataclass(frozen=True)
class Sent:
    """A message to the server, and whether its answer is needed further on."""

    text: str
    tells: bool = False


def redemption_script(url: str) -> str:
    """A hold and its capture, every message to the server as ours sends it; what differs from order to order is a
    variable. ``-M simple -D fresh=1``: that is how the driver talks, and what a new session has to plan."""
    engine, sent = make_engine(url, 1), list[Sent]()
    with _listening(sent):
        redeem(engine, member_id(1), "ord_" + "d" * 32, "req_" + "e" * 32, "req_" + "f" * 32)
        plans = [message.text.removeprefix("BEGIN; ") for message in sent if "PREPARE" in message.text]
        sent.clear()
        redeem(engine, member_id(0), *ORDER_KEYS)
    engine.dispose()
    once = ["\\if :fresh", *map(_line, plans), "\\set fresh 0", "\\endif"]
    return DRAWS + "\n".join([*once, *map(_with_variables, sent), ""])


@contextmanager
def _listening(sent: list[Sent]) -> Iterator[None]:
    """At the driver: listeners of SQLAlchemy do not hear what travels with COMMIT."""
    execute = FewTripsCursor.execute

    def execute_and_note(cursor: Any, *statement: Any) -> None:
        execute(cursor, *statement)
        answer = cursor.description or ()
        sent.append(Sent(cursor.query.decode(), "journal_id" in [column.name for column in answer]))

    with patch.object(FewTripsCursor, "execute", execute_and_note):
        yield


def _with_variables(sent: Sent) -> str:
    text = sent.text.replace(member_id(0), member_id(0).replace(str(FIRST_MEMBER), ":member"))
    for key in ORDER_KEYS:
        text = text.replace(key, key[:4] + NUMBER)
    text = re.sub(r"evt_\w{32}", f"evt_{NUMBER}", text).replace(str(FIRST_ACCOUNT), ":account")
    for name, digit in TOLD.items():
        text = re.sub(rf"(:?)\b{digit}\d{{9}}\b", rf"\1 :{name}", text)
    return _line(text.replace(";", r" \;"), end=r" \gset" if sent.tells else ";")


def _line(text: str, end: str = ";") -> str:
    return " ".join(text.split()) + end
