"""Journals: what was done, why, and with which answer. They are the ledger's memory of requests."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.contract import Command
from services.chassis.data.answers import AnsweredMeanwhile, fingerprint_of
from services.chassis.data.work import Work
from services.chassis.refusal import KEY_REUSED, Refused
from services.points.storage.tables import journal

_RECALL = sa.select(journal.c.fingerprint, journal.c.result).where(journal.c.idem == sa.bindparam("idem"))
_NEXT = sa.text("SELECT nextval('journal_id_seq')")
_WRITE = insert(journal).on_conflict_do_nothing(constraint="journal_idem")


@dataclass(frozen=True)
class Deed:
    """One thing that is done once: ``idem`` names it for ever, ``fingerprint`` is its content."""

    idem: str
    fingerprint: bytes

    @classmethod
    def of_request(cls, command: Command, request: dict[str, Any]) -> "Deed":
        return cls(f"{command.method}:{request['request_id']}", fingerprint_of(request))

    @classmethod
    def of_fact(cls, fact: str, name: str, **content: Any) -> "Deed":
        """Something that follows from a fact: ``fact`` of ``name`` (an order, an event, a chunk)."""
        return cls(f"{fact}:{name}", fingerprint_of({"name": name, **content}))


def recall(work: Work, deed: Deed) -> dict[str, Any] | None:
    """The answer given when this was done before; refuses the same key with another content."""
    row = work.execute(_RECALL, {"idem": deed.idem}).one_or_none()
    if row is None:
        return None
    if bytes(row.fingerprint) != deed.fingerprint:
        raise Refused(KEY_REUSED, "this request id was used before with another content")
    return row.result


def next_journal_id(work: Work) -> int:
    """To be called with the wallet locked: so the journals of one wallet are numbered in the order of their commits."""
    return int(work.execute(_NEXT).scalar_one())


def write_journal(
    work: Work,
    journal_id: int,
    deed: Deed,
    kind: str,
    result: dict[str, Any],
    *,
    effective_on: date,
    source: str | None = None,
    ref: str | None = None,
) -> None:
    """The last statement of a deed, its answer included. A rival that was first makes this attempt start again."""
    values = {
        "id": journal_id,
        "idem": deed.idem,
        "fingerprint": deed.fingerprint,
        "kind": kind,
        "source": source,
        "ref": ref,
        "effective_on": effective_on,
        "actor": work.context.actor,
        "result": result,
    }
    if work.execute(_WRITE, values).rowcount == 0:
        raise AnsweredMeanwhile(deed.idem)
