"""Journals: what was done, why, and with which answer. They are the ledger's memory of requests."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.contract import Command
from services.chassis.data.answers import AnsweredMeanwhile, fingerprint_of
from services.chassis.data.work import Work
from services.chassis.refusal import KEY_REUSED, Refused

_RECALL = sa.text("SELECT fingerprint, result FROM journal WHERE idem = :idem")
_NEXT = sa.text("SELECT draw_journal_id()")
_BOOKING = sa.text("""
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'advisory' AND (classid, objid, objsubid) = (0, 73001, 1) AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
""")
WRITTEN = """
    INSERT INTO journal (id, idem, fingerprint, kind, source, ref, rule, corrects, happened_at, actor, channel, result)
    VALUES (:journal_id, :idem, :fingerprint, :kind, :source, :ref, :rule, :corrects, :happened_at, :actor, :channel,
            :result)
    ON CONFLICT ON CONSTRAINT journal_idem DO NOTHING RETURNING 1
"""
_WRITE = sa.text(WRITTEN)


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
    return None if row is None else answer_of(deed, row.fingerprint, row.result)


def answer_of(deed: Deed, fingerprint: bytes | memoryview, result: dict[str, Any]) -> dict[str, Any]:
    """``result`` of the journal that bears the deed's key; refuses one of another content."""
    if bytes(fingerprint) != deed.fingerprint:
        raise Refused(KEY_REUSED, "this request id was used before with another content")
    return result


def next_journal_id(work: Work) -> int:
    """To be called with the wallet locked: so the journals of one wallet are numbered in the order of their commits."""
    return int(work.execute(_NEXT).scalar_one())


def who_is_booking(work: Work) -> set[str]:
    """Transactions that have drawn a journal id, or are about to, and have not ended."""
    return set(work.execute(_BOOKING).scalars())


def write_journal(
    work: Work,
    journal_id: int,
    deed: Deed,
    kind: str,
    result: dict[str, Any],
    *,
    happened_at: datetime | None = None,
    source: str | None = None,
    ref: str | None = None,
    rule: str | None = None,
    corrects: int | None = None,
) -> None:
    """The last statement of a deed, its answer included. A rival that was first makes this attempt start again.

    ``happened_at``: now, if not said. ``rule`` names the row that decided how much, ``corrects`` the journal undone.
    """
    more = {"happened_at": happened_at, "source": source, "ref": ref, "rule": rule, "corrects": corrects}
    if work.execute(_WRITE, values_of(work, journal_id, deed, kind, result, **more)).rowcount == 0:
        raise AnsweredMeanwhile(deed.idem)


def values_of(
    work: Work, journal_id: int, deed: Deed, kind: str, result: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """Parameters of WRITTEN. ``more`` as ``write_journal`` has it."""
    return {
        "source": None,
        "ref": None,
        "rule": None,
        "corrects": None,
        **more,
        "journal_id": journal_id,
        "idem": deed.idem,
        "fingerprint": deed.fingerprint,
        "kind": kind,
        "happened_at": more.get("happened_at") or work.now,
        "actor": work.context.actor,
        "channel": work.context.channel,
        "result": result,
    }
