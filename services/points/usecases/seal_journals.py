"""Committed journals and records sealed in blocks. Safe to run twice at once, and to stop anywhere."""

import time

from services.chassis.clock import local_date
from services.chassis.data.work import Work, Works
from services.points.domain.seals import Sealing
from services.points.storage import rules, seals
from services.points.storage.locks import alone_at
from services.points.usecases.settled_bookings import settled_mark

PATIENCE_S = 5.0
AT_A_STRETCH_S = 15.0  # then the next run goes on


def seal_journals(works: Works, patience_s: float = PATIENCE_S) -> int:
    """How many blocks were sealed; 0 also if a transaction that drew an id takes longer than ``patience_s``."""
    upto = settled_mark(works, seals.highest_drawn, patience_s)
    blocks, end = 0, time.monotonic() + AT_A_STRETCH_S
    while upto is not None and time.monotonic() < end and _seal_next(works, upto):
        blocks += 1
    return blocks


def _seal_next(works: Works, upto: int) -> bool:
    with works.begin() as work:
        return alone_at(work, "seal_journals") and _seal_block(work, upto)


def _seal_block(work: Work, upto: int) -> bool:
    head = seals.head_of_chain(work)
    most = rules.setting(work, "seal_block_lines", local_date(work.now))
    end = seals.end_of_block(work, head.last_journal, upto, most)
    if end is None:
        return False
    last_journal, now = end
    block = Sealing()
    for journal_id, line in seals.journal_lines(work, head.last_journal + 1, last_journal):
        block.add_journal(journal_id, line)
    for journal_id, seq, account_id, line in seals.entry_lines(work, head.last_journal + 1, last_journal):
        block.add_entry(journal_id, seq, account_id, line)
    for record_id, line in seals.record_lines(work, head.last_journal + 1, last_journal):
        block.add_record(record_id, line)
    seals.write_seal(work, block.after(head, last_journal, now))
    seals.note_holds(work, head.last_journal + 1, last_journal)
    return True
