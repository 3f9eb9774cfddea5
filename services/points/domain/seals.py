"""Seals: blocks of journals, each sealed over the block before it, so that nothing old can change unseen.

A row's hash is the SHA-256 of its canonical line. ``content`` is the SHA-256 of the hashes of all journals of the block
by id, then of all its entries by journal and seq, then of its records by id; ``hash`` is the SHA-256 of prev, header
and content, and the header holds everything else that the seal says. The first eight bytes of every row's hash are its
print. The first form knew no records.
"""

import hashlib
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

FORM, FORM_WITHOUT_RECORDS = "mall-seal-2", "mall-seal-1"
FORMS = (FORM, FORM_WITHOUT_RECORDS)
GENESIS = bytes(32)
PRINT_BYTES = 8
_JOURNAL, _ENTRY = struct.Struct(">q"), struct.Struct(">qiq")  # id; journal, seq, account


@dataclass(frozen=True)
class Head:
    """Where the chain ends: all journals up to ``last_journal`` are sealed."""

    block: int = 0
    last_journal: int = 0
    hash: bytes = GENESIS


@dataclass(frozen=True)
class Seal:
    block: int
    form: str
    first_journal: int
    last_journal: int
    journals: int
    entries: int
    prev: bytes
    content: bytes
    hash: bytes
    entry_prints: bytes
    journal_prints: bytes
    names: bytes
    sealed_at: datetime
    records: int = 0
    record_prints: bytes = b""

    def own_hash(self) -> bytes:
        """What ``hash`` must be."""
        return hashlib.sha256(self.prev + self._header() + self.content).digest()

    def _header(self) -> bytes:
        said = [self.form, self.block, self.first_journal, self.last_journal, self.journals, self.entries]
        derived = [hashlib.sha256(part).hexdigest() for part in (self.journal_prints, self.entry_prints, self.names)]
        noted = [self.records, hashlib.sha256(self.record_prints).hexdigest()]
        more = [] if self.form == FORM_WITHOUT_RECORDS and not self.records else noted
        return json.dumps([*said, self.sealed_at.astimezone(UTC).isoformat(), *derived, *more]).encode()


class RowName(NamedTuple):
    """A journal, or with ``seq`` one of its entries; ``account_id`` is what the entry said when it was named. A record
    has a number like a journal's."""

    journal_id: int
    seq: int | None = None
    account_id: int | None = None
    is_record: bool = False


class Content:
    """The hashes of a block's rows, in the order in which they come."""

    def __init__(self) -> None:
        self._all = hashlib.sha256()

    def add(self, line: str) -> bytes:
        """The row's own hash."""
        own = hashlib.sha256(line.encode()).digest()
        self._all.update(own)
        return own

    def digest(self) -> bytes:
        return self._all.digest()


class Sealing:
    """One block in the making: first its journals, then its entries, then its records."""

    def __init__(self) -> None:
        self._content = Content()
        self._journals, self._entries, self._records = bytearray(), bytearray(), bytearray()
        self._names = bytearray()

    def add_journal(self, journal_id: int, line: str) -> None:
        self._journals += self._content.add(line)[:PRINT_BYTES]
        self._names += _JOURNAL.pack(journal_id)

    def add_entry(self, journal_id: int, seq: int, account_id: int, line: str) -> None:
        self._entries += self._content.add(line)[:PRINT_BYTES]
        self._names += _ENTRY.pack(journal_id, seq, account_id)

    def add_record(self, record_id: int, line: str) -> None:
        self._records += self._content.add(line)[:PRINT_BYTES]
        self._names += _JOURNAL.pack(record_id)

    def after(self, head: Head, last_journal: int, sealed_at: datetime, form: str = FORM) -> Seal:
        unsigned = Seal(
            block=head.block + 1,
            form=form,
            first_journal=head.last_journal + 1,
            last_journal=last_journal,
            journals=len(self._journals) // PRINT_BYTES,
            entries=len(self._entries) // PRINT_BYTES,
            prev=head.hash,
            content=self._content.digest(),
            hash=b"",
            entry_prints=bytes(self._entries),
            journal_prints=bytes(self._journals),
            names=bytes(self._names),
            sealed_at=sealed_at,
            records=len(self._records) // PRINT_BYTES,
            record_prints=bytes(self._records),
        )
        return Seal(**{**vars(unsigned), "hash": unsigned.own_hash()})


def named_prints(seal: Seal) -> Iterator[tuple[RowName, bytes]]:
    """Every row that was sealed, with its print. Raises ValueError if the seal was damaged beyond reading."""
    entries = seal.journals * _JOURNAL.size
    records = entries + seal.entries * _ENTRY.size
    try:
        journals = [RowName(*name) for name in _JOURNAL.iter_unpack(seal.names[:entries])]
        legs = [RowName(*name) for name in _ENTRY.iter_unpack(seal.names[entries:records])]
        noted = [RowName(number, is_record=True) for (number,) in _JOURNAL.iter_unpack(seal.names[records:])]
    except struct.error as problem:
        raise ValueError(f"the names of block {seal.block} cannot be read: {problem}") from None
    yield from zip(journals, _prints(seal.journal_prints), strict=True)
    yield from zip(legs, _prints(seal.entry_prints), strict=True)
    yield from zip(noted, _prints(seal.record_prints), strict=True)


def _prints(joined: bytes) -> Iterator[bytes]:
    return (joined[start : start + PRINT_BYTES] for start in range(0, len(joined), PRINT_BYTES))
