"""The charges of a bill behind one posting of a bill run."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

_BEHIND = sa.text("""
    SELECT line.line_id, line.paid_on, line.amount_fen, line.points
    FROM bill_chunk AS chunk JOIN bill_line AS line ON line.run_no = chunk.run_no
    WHERE chunk.journal_id = :journal_id AND line.account_id = :account_id ORDER BY line.line_no
""")


def charges_behind(work: Work, journal_id: int, account_id: int) -> list[dict[str, Any]]:
    """[{"line_id", "paid_on", "amount_fen", "points"}]; empty for what no bill run booked."""
    rows = work.execute(_BEHIND, {"journal_id": journal_id, "account_id": account_id})
    return [{**row._mapping, "paid_on": row.paid_on.isoformat()} for row in rows]
