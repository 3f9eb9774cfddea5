"""What differs between what carriers said and what they have paid over."""

from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

_OPEN_OF = sa.text("""
    SELECT * FROM remittance_difference
    WHERE carrier = :carrier AND waybill_no = :waybill_no AND state IN ('open', 'write_off_asked')
""")
_ADD = sa.text("""
    INSERT INTO remittance_difference
        (difference_id, carrier, waybill_no, order_id, what, said_fen, remitted_fen, missing_fen, state, found_at)
    VALUES (:difference_id, :carrier, :waybill_no, :order_id, :what, :said_fen, :remitted_fen, :missing_fen, 'open',
            :now)
    RETURNING *
""")
_RENEW = sa.text("""
    UPDATE remittance_difference SET order_id = :order_id, what = :what, said_fen = :said_fen, state = 'open',
        remitted_fen = :remitted_fen, missing_fen = :missing_fen, asked_by = NULL, asked_because = NULL,
        version = version + 1
    WHERE difference_id = :difference_id
""")
_ASK = sa.text("""
    UPDATE remittance_difference
    SET state = 'write_off_asked', asked_by = :actor, asked_because = :reason, version = version + 1
    WHERE difference_id = :difference_id AND state = 'open' RETURNING *
""")
_REFUSE = sa.text("""
    UPDATE remittance_difference SET state = 'open', asked_by = NULL, asked_because = NULL, version = version + 1
    WHERE difference_id = :difference_id AND state = 'write_off_asked' RETURNING *
""")
_CLOSE = sa.text("""
    UPDATE remittance_difference
    SET state = :state, closed_at = :now, closed_by = :actor, note = :note, version = version + 1
    WHERE difference_id = :difference_id AND state IN ('open', 'write_off_asked') RETURNING *
""")
_FIND = sa.text("SELECT * FROM remittance_difference WHERE difference_id = :difference_id")
_LIST = sa.text("""
    SELECT * FROM remittance_difference
    WHERE (CAST(:carrier AS text) IS NULL OR carrier = :carrier) AND (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:what AS text) IS NULL OR what = :what)
    ORDER BY found_at DESC, difference_id LIMIT :limit
""")
_COUNT = sa.text("""
    SELECT carrier, count(*) AS found FROM remittance_difference
    WHERE state IN ('open', 'write_off_asked') GROUP BY carrier
""")


def open_difference_of(work: Work, carrier: str, waybill_no: str) -> sa.Row | None:
    """One at most, of which nothing is decided; who has locked the claim has it alone."""
    return work.execute(_OPEN_OF, {"carrier": carrier, "waybill_no": waybill_no}).one_or_none()


def add_difference(work: Work, **values: Any) -> sa.Row:
    return work.execute(_ADD, {**values, "now": work.now}).one()


def renew_difference(work: Work, difference_id: str, **values: Any) -> None:
    """It is about other amounts than before, so what was wanted with it counts no more."""
    work.execute(_RENEW, {**values, "difference_id": difference_id})


def ask_write_off_of(work: Work, difference_id: str, reason: str) -> sa.Row:
    return work.execute(_ASK, {"difference_id": difference_id, "actor": work.context.actor, "reason": reason}).one()


def refuse_write_off_of(work: Work, difference_id: str) -> sa.Row:
    return work.execute(_REFUSE, {"difference_id": difference_id}).one()


def close_remittance_difference(work: Work, difference_id: str, state: str, note: str) -> sa.Row:
    closing = {"difference_id": difference_id, "state": state, "note": note}
    return work.execute(_CLOSE, {**closing, "now": work.now, "actor": work.context.actor}).one()


def find_remittance_difference(work: Work, difference_id: str) -> sa.Row | None:
    return work.execute(_FIND, {"difference_id": difference_id}).one_or_none()


def list_difference_rows(work: Work, wanted: dict[str, Any]) -> list[sa.Row]:
    """``wanted``: carrier, state, what (each None if it does not matter), limit; those found last first."""
    return list(work.execute(_LIST, wanted).all())


def open_by_carrier(work: Work) -> dict[str, int]:
    return {row.carrier: row.found for row in work.execute(_COUNT)}
