"""What carriers said that they collected, what they have paid over, and what differs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import Work

GENERAL = ""  # the terms of carriers that have none of their own
_DAYS = sa.text("""
    SELECT remit_days FROM remittance_terms WHERE carrier IN (:carrier, '') AND effective_from <= :now
    ORDER BY carrier DESC, effective_from DESC LIMIT 1
""")
_ADD_TERMS = sa.text("INSERT INTO remittance_terms VALUES (:carrier, :effective_from, :remit_days, :actor, :reason)")
_SAY = sa.text("""
    INSERT INTO cash_claim (carrier, waybill_no, shipment_id, order_id, said_fen, said_at, due_at)
    VALUES (:carrier, :waybill_no, :shipment_id, :order_id, :said_fen, :said_at, :due_at)
    ON CONFLICT (carrier, waybill_no) DO UPDATE SET shipment_id = excluded.shipment_id, order_id = excluded.order_id,
        said_fen = excluded.said_fen, said_at = excluded.said_at, due_at = coalesce(cash_claim.due_at, excluded.due_at)
    RETURNING *
""")
# In the order of their numbers, so that two remittances never wait for each other.
_PAY = sa.text("""
    INSERT INTO cash_claim (carrier, waybill_no, shipment_id, order_id, remitted_fen)
    SELECT :carrier, paid.waybill_no, known.shipment_id, known.order_id, paid.fen
    FROM (
        SELECT waybill_no, sum(fen)::bigint AS fen
        FROM unnest(CAST(:waybill_nos AS text[]), CAST(:fen AS bigint[])) AS each (waybill_no, fen) GROUP BY waybill_no
    ) AS paid LEFT JOIN LATERAL (
        SELECT shipment_id, order_id FROM parcel
        WHERE parcel.waybill_no = paid.waybill_no AND parcel.carrier = :carrier ORDER BY shipment_id LIMIT 1
    ) AS known ON true
    ORDER BY paid.waybill_no
    ON CONFLICT (carrier, waybill_no) DO UPDATE SET remitted_fen = cash_claim.remitted_fen + excluded.remitted_fen
    RETURNING *
""")
_ADD = sa.text("""
    INSERT INTO carrier_remittance
    VALUES (:remittance_id, :carrier, :number, :paid_on, :reference, :lines, :total_fen, :now, :actor)
    ON CONFLICT DO NOTHING
""")
_ADD_LINES = sa.text("""
    INSERT INTO carrier_remittance_line
    SELECT :remittance_id, line_no, :carrier, waybill_no, fen
    FROM unnest(CAST(:waybill_nos AS text[]), CAST(:fen AS bigint[])) WITH ORDINALITY AS each (waybill_no, fen, line_no)
""")
_FIND = sa.text("SELECT * FROM carrier_remittance WHERE remittance_id = :remittance_id")
_LINES = sa.text("""
    SELECT waybill_no, amount_fen FROM carrier_remittance_line WHERE remittance_id = :remittance_id ORDER BY line_no
""")
_LIST = sa.text("""
    SELECT * FROM carrier_remittance WHERE CAST(:carrier AS text) IS NULL OR carrier = :carrier
    ORDER BY paid_on DESC, remittance_id LIMIT :limit
""")
_OWED = sa.text("""
    SELECT carrier, sum(said_fen - remitted_fen - by_hand_fen)::bigint AS owed_fen,
           coalesce(sum(said_fen - remitted_fen - by_hand_fen) FILTER (WHERE due_at <= :now), 0)::bigint AS due_fen
    FROM cash_claim WHERE said_fen <> remitted_fen + by_hand_fen GROUP BY carrier ORDER BY carrier
""")
_BY_HAND = sa.text("""
    UPDATE cash_claim SET by_hand_fen = by_hand_fen + :fen WHERE carrier = :carrier AND waybill_no = :waybill_no
""")


def remit_days(work: Work, carrier: str) -> int:
    """As they are now: the carrier's own, or those of all."""
    return int(work.execute(_DAYS, {"carrier": carrier, "now": work.now}).scalar_one())


def add_remittance_terms(work: Work, **row: Any) -> dict[str, Any]:
    values = {"effective_from": work.now, "actor": work.context.actor, **row}
    work.execute(_ADD_TERMS, values)
    return values


def say_collected(work: Work, parcel: Mapping[str, Any], said_fen: int, said_at: datetime, due_at: datetime) -> sa.Row:
    """The claim as it is now; it is due as when it was said first. Locked, as are all that are given out here."""
    names = ("carrier", "waybill_no", "shipment_id", "order_id")
    said = {name: parcel[name] for name in names} | {"said_fen": said_fen, "said_at": said_at, "due_at": due_at}
    return work.execute(_SAY, said).one()


def add_remittance(work: Work, remittance: Mapping[str, Any]) -> bool:
    """False if its number is known."""
    values = {**remittance, "now": work.now, "actor": work.context.actor}
    return work.execute(_ADD, values).rowcount == 1


def add_lines(work: Work, remittance_id: str, carrier: str, lines: Sequence[tuple[str, int]]) -> list[sa.Row]:
    """``lines``: waybill and fen. The claims on their parcels as they are now."""
    columns = {"carrier": carrier, "waybill_nos": [line[0] for line in lines], "fen": [line[1] for line in lines]}
    claims = list(work.execute(_PAY, columns).all())
    work.execute(_ADD_LINES, {"remittance_id": remittance_id, **columns})
    return claims


def find_remittance(work: Work, remittance_id: str) -> sa.Row:
    return work.execute(_FIND, {"remittance_id": remittance_id}).one()


def lines_of(work: Work, remittance_id: str) -> list[tuple[str, int]]:
    return [tuple(row) for row in work.execute(_LINES, {"remittance_id": remittance_id})]


def list_remittance_rows(work: Work, carrier: str | None, limit: int) -> list[sa.Row]:
    """Those paid last first."""
    return list(work.execute(_LIST, {"carrier": carrier, "limit": limit}).all())


def owed_by_carriers(work: Work) -> list[sa.Row]:
    return list(work.execute(_OWED, {"now": work.now}).all())


def settle_by_hand(work: Work, difference: sa.Row) -> None:
    """What is missing is given up, what is too much is kept; the caller has locked the claim."""
    of = {"carrier": difference.carrier, "waybill_no": difference.waybill_no}
    work.execute(_BY_HAND, {**of, "fen": difference.missing_fen})
