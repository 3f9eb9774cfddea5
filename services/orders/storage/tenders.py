"""Tenders and the append-only record of what happened to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.orders.domain.tenders import KINDS, TenderEvent, TenderState, fold_tender
from services.orders.storage.rows_as_json import rows_as_json
from services.orders.storage.tables import tender, tender_event

_RECORD = Planned(
    "record_tender_event",
    """
    INSERT INTO tender_event (tender_id, op, outcome, amount, reference, provider_ref, notify_id, recorded_at, actor)
    VALUES (:tender_id, :op, :outcome, :amount, :reference, :provider_ref, :notify_id, :recorded_at, :actor)
    ON CONFLICT DO NOTHING
    """,
)
_EVENTS = rows_as_json("""
    SELECT op, outcome, amount, reference, provider_ref FROM tender_event WHERE tender_id = tender.tender_id
""")
_CHOOSE = (
    sa.update(tender)
    .where(tender.c.tender_id == sa.any_(sa.bindparam("tender_ids", type_=sa.ARRAY(sa.Text))))
    .values(provider=sa.bindparam("chosen"))
)
# An expression, where ``of_order`` names the order; ``tenders_told`` reads it.
TENDERS_OF_ORDER = rows_as_json(f"""
    SELECT tender_id, kind, provider, due, {_EVENTS} AS events FROM tender WHERE order_id = of_order
""")  # noqa: S608 — what is inserted here and below are constants
_OF_ORDERS = Planned(
    "tenders_of_orders",
    f"SELECT of_order, {TENDERS_OF_ORDER} AS tenders FROM unnest(CAST(:order_ids AS text[])) AS of_order",  # noqa: S608
)


@dataclass(frozen=True)
class Tender:
    tender_id: str
    kind: str
    provider: str | None
    state: TenderState


def tenders_of(work: Work, order_id: str) -> list[Tender]:
    """The tenders of an order with their folded states: points, coins, cash."""
    return tenders_of_orders(work, [order_id])[order_id]


def tenders_of_orders(work: Work, order_ids: Sequence[str]) -> dict[str, list[Tender]]:
    rows = work.execute(_OF_ORDERS, {"order_ids": list(order_ids)})
    return {row.of_order: tenders_told(row.tenders) for row in rows}


def tenders_told(told: Iterable[Mapping[str, Any]]) -> list[Tender]:
    """What ``TENDERS_OF_ORDER`` says, folded."""
    return sorted(map(_tender, told), key=lambda tender: KINDS.index(tender.kind))


def _tender(told: Mapping[str, Any]) -> Tender:
    state = fold_tender(told["kind"], told["due"], [TenderEvent(**event) for event in told["events"]])
    return Tender(told["tender_id"], told["kind"], told["provider"], state)


def choose_provider(work: Work, tender_ids: Sequence[str], provider: str) -> None:
    work.execute(_CHOOSE, {"tender_ids": list(tender_ids), "chosen": provider})


def record_tender_event(work: Work, tender_id: str, event: TenderEvent, notify_id: str | None = None) -> bool:
    """False if it was known: the same operation with the same outcome is one fact, however often it is told."""
    return work.execute(_RECORD, _row_of(work, tender_id, event, notify_id)).rowcount == 1


def note_tender_event(work: Work, tender_id: str, event: TenderEvent) -> None:
    """The same, for who does not ask whether it is new."""
    work.leave(_RECORD, _row_of(work, tender_id, event))


def _row_of(work: Work, tender_id: str, event: TenderEvent, notify_id: str | None = None) -> dict[str, Any]:
    done_by = {"recorded_at": work.now, "actor": work.context.actor}
    return {"tender_id": tender_id, **vars(event), "notify_id": notify_id, **done_by}


def when_refund_was_requested(work: Work, tender_id: str, refund_id: str) -> datetime:
    """The same instant, however often the refund is tried."""
    requested = sa.select(tender_event.c.recorded_at).where(
        tender_event.c.tender_id == tender_id,
        tender_event.c.op == "refund",
        tender_event.c.outcome == "requested",
        tender_event.c.reference == refund_id,
    )
    return work.execute(requested).scalar_one()


def tender_event_rows(work: Work, order_id: str) -> list[sa.Row]:
    of_order = tender_event.join(tender, tender.c.tender_id == tender_event.c.tender_id)
    wanted = sa.select(tender_event, tender.c.kind).select_from(of_order).where(tender.c.order_id == order_id)
    return list(work.execute(wanted.order_by(tender_event.c.id)).all())
