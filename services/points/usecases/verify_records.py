"""Rows against what was noted of them when they were written: changed, added or taken away behind the ledger's back."""

from collections.abc import Iterator
from typing import Any

from services.chassis.data.work import Works
from services.points.domain.seals_chain import Finding
from services.points.domain.seals_compare import ALTERED, DELETED, INSERTED
from services.points.storage.evidence import NOTED
from services.points.storage.noted_rows import rows_that_differ, rows_written_again
from services.points.usecases.progress import Progress

WRITTEN_AGAIN = "written_again"


def noted_rows_that_differ(works: Works, progress: Progress) -> Iterator[Finding]:
    """Each table as of one moment. The records themselves are under the seals."""
    for done, (table, noted) in enumerate(NOTED.items(), start=1):
        with works.still() as work:
            yield from [_difference(table, row) for row in rows_that_differ(work, table)]
            if noted.once:
                yield from [_again(table, row) for row in rows_written_again(work, table)]
        progress("records", done, len(NOTED))


def _difference(table: str, row: Any) -> Finding:
    what = DELETED if row.gone else INSERTED if row.unknown else ALTERED
    noted = {} if row.noted_at is None else {"noted_at": row.noted_at, "noted_by": row.noted_by}
    return {"what": what, "table": table, "key": row.key, **noted}


def _again(table: str, row: Any) -> Finding:
    noted = {"because": row.because, "noted_at": row.noted_at, "noted_by": row.noted_by}
    return {"what": WRITTEN_AGAIN, "table": table, "key": row.key, **noted}
