"""Writing orders. Every change names the status and version it starts from."""

from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.database import as_json
from services.chassis.data.planned import Planned
from services.chassis.data.work import ReceivedEvent, Work
from services.orders.domain.fulfilment import NOT_ON_ITS_WAY
from services.orders.domain.placing import Draft
from services.orders.storage.tables import issued_code, orders, parcel

_NOTHING = dict.fromkeys(orders.c.keys())
_INSERT = insert(orders).on_conflict_do_nothing().returning(orders)
_ADD_LINES_AND_TENDERS = Planned(
    "add_lines_and_tenders",
    "INSERT INTO order_line SELECT * FROM jsonb_populate_recordset(NULL::order_line, CAST(:lines AS jsonb))",
    "INSERT INTO tender SELECT * FROM jsonb_populate_recordset(NULL::tender, CAST(:tenders AS jsonb))",
)
_ADD_FACT = Planned(
    "add_order_fact",
    """
    INSERT INTO order_fact (order_id, what, at, actor, details)
    VALUES (:order_id, :what, :at, :actor, CAST(:details AS jsonb))
    """,
)
_TOLD_OF_PARCELS = ("order_id", "carrier", "carrier_name_zh", "carrier_name_en", "waybill_no", "line_nos")
_PUT_PARCEL = insert(parcel).on_conflict_do_update(
    index_elements=["shipment_id"],
    set_={name: sa.literal_column(f"excluded.{name}") for name in (*_TOLD_OF_PARCELS, "status", "occurred_at")},
)


class ChangedMeanwhile(Exception):
    """The order is not as it was read. Whoever holds its lock cannot see this."""


def insert_order(work: Work, draft: Draft, values: dict[str, Any]) -> sa.Row | None:
    """The new row, or None if the order exists."""
    row = {
        **_NOTHING,
        "order_id": draft.order_id,
        "purchase_id": draft.purchase_id,
        "member_id": draft.member_id,
        "channel": draft.channel,
        "language": draft.language,
        "points": draft.points,
        "coins": draft.coins,
        "cash_fen": draft.cash_fen,
        "delivery_address": draft.delivery_address,
        "variant": draft.variant,
        "pick_up_at": draft.pick_up_at,
        "placed_at": work.now,
        "version": 1,
        **values,
    }
    new = work.execute(_INSERT, row).one_or_none()
    if new is not None:
        lines = [{"order_id": draft.order_id, **line} for line in draft.lines]
        work.leave(_ADD_LINES_AND_TENDERS, {"lines": as_json(lines), "tenders": as_json(draft.tenders)})
    return new


def update_order(work: Work, order: sa.Row, **values: Any) -> sa.Row:
    as_read = {"its_id": order.order_id, "was_status": order.status, "was_version": order.version}
    changed = work.execute(_change_of(frozenset(values)), {**as_read, **values}).one_or_none()
    if changed is None:
        raise ChangedMeanwhile(order.order_id)
    return changed


@cache
def _change_of(names: frozenset[str]) -> sa.Update | sa.sql.dml.ReturningUpdate[Any]:
    """A statement for each set of columns that are changed together: there are few of them."""
    is_as_read = (
        orders.c.order_id == sa.bindparam("its_id"),
        orders.c.status == sa.bindparam("was_status"),
        orders.c.version == sa.bindparam("was_version"),
    )
    values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
    return sa.update(orders).where(*is_as_read).values(version=orders.c.version + 1, **values).returning(orders)


def postpone_order(work: Work, order_id: str, due_at: datetime) -> None:
    """For one that broke while it was due; nothing, if somebody else has moved it on meanwhile."""
    is_due = (orders.c.order_id == order_id, orders.c.due_at <= work.now)
    work.execute(sa.update(orders).where(*is_due).values(due_at=due_at))


def add_fact(work: Work, order_id: str, what: str, at: Any = None, **details: Any) -> None:
    """One entry of the order's timeline; ``at`` is when it happened, by default now."""
    entry = {"order_id": order_id, "what": what, "at": at or work.now, "actor": work.context.actor, "details": details}
    work.leave(_ADD_FACT, entry)


def add_codes(work: Work, order_id: str, codes: list[dict[str, Any]]) -> int:
    """How many of them are new."""
    rows = [{"order_id": order_id, "issued_at": work.now, **code} for code in codes]
    return work.execute(insert(issued_code).values(rows).on_conflict_do_nothing()).rowcount


def mark_code(work: Work, order_id: str, code: str, verified_at: datetime | None, deeds: int) -> bool:
    """As the latest of what was done with it has it. False if the order has no such code (yet)."""
    its_code = (issued_code.c.order_id == order_id, issued_code.c.code == code)
    later = sa.update(issued_code).where(*its_code, issued_code.c.deeds < deeds)
    if work.execute(later.values(verified_at=verified_at, deeds=deeds)).rowcount:
        return True
    return bool(work.execute(sa.select(sa.exists().where(*its_code))).scalar_one())


def mark_voided(work: Work, order_id: str, codes: list[str]) -> None:
    these = (issued_code.c.order_id == order_id, issued_code.c.code.in_(codes))
    work.execute(sa.update(issued_code).where(*these, issued_code.c.voided_at.is_(None)).values(voided_at=work.now))


def put_parcel(work: Work, event: ReceivedEvent, status: str, occurred_at: Any) -> None:
    """The parcel as the latest fact has it; the caller holds the order's lock and has compared."""
    values = {name: event.data[name] for name in _TOLD_OF_PARCELS} | {"status": status, "occurred_at": occurred_at}
    work.execute(_PUT_PARCEL, {"shipment_id": event.data["shipment_id"], **values})


def lose_parcels(work: Work, order_id: str) -> None:
    """What was sent counts as lost where it was heard of last, so that whatever its carrier knows of it later counts
    more. The caller holds the order's lock."""
    sent = sa.and_(parcel.c.order_id == order_id, parcel.c.status.not_in(NOT_ON_ITS_WAY))
    work.execute(sa.update(parcel).where(sent).values(status="lost"))
