"""What is kept back of merchants' sales, and the append-only entries of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.planned import Planned
from services.chassis.data.work import Work
from services.orders.contract import ON_DELIVERY
from services.orders.domain.escrow import Entry, Receipt, Worth
from services.orders.storage.payments import captured_shares_of
from services.orders.storage.tables import escrow_terms, merchant_entry, merchant_escrow

GENERAL = ""  # the terms of merchants that have none of their own
# One statement, since it is part of placing an order that is paid for at once.
_KEEP = Planned(
    "keep_back",
    """
    WITH sold AS (
        SELECT order_id, merchant_id, sum(points) AS points, sum(coins) AS coins, sum(cash_fen) AS cash_fen
        FROM order_line WHERE order_id = :order_id GROUP BY order_id, merchant_id
    ), kept AS (
        INSERT INTO merchant_escrow (order_id, merchant_id, state, look_at)
        SELECT order_id, merchant_id, 'kept', CAST(:now AS timestamptz) FROM sold ON CONFLICT DO NOTHING
    )
    INSERT INTO merchant_entry (order_id, merchant_id, operation, kind, points, coins, cash_fen, at, actor)
    SELECT order_id, merchant_id, 'sale', 'sale', points, coins, cash_fen, :now, CAST(:actor AS text) FROM sold
    WHERE points + coins + cash_fen > 0 ON CONFLICT DO NOTHING
    """,
)
_IS_OF = (
    merchant_escrow.c.order_id == sa.bindparam("its_order"),
    merchant_escrow.c.merchant_id == sa.bindparam("its_merchant"),
)
_KEPT = merchant_escrow.c.state == "kept"
_ESCROW = sa.select(merchant_escrow).where(*_IS_OF)
_ESCROWS = sa.select(merchant_escrow).where(_IS_OF[0]).order_by(merchant_escrow.c.merchant_id)
_TO_LOOK_AT = (
    sa.select(merchant_escrow.c.order_id, merchant_escrow.c.merchant_id)
    .where(_KEPT, merchant_escrow.c.look_at <= sa.bindparam("now"))
    .order_by(merchant_escrow.c.look_at)
    .limit(sa.bindparam("at_once"))
)
_LOOK_LATER = sa.update(merchant_escrow).where(*_IS_OF, _KEPT).values(look_at=sa.bindparam("until"))
_LOOK_NOW = sa.update(merchant_escrow).where(_IS_OF[0], _KEPT).values(look_at=sa.bindparam("now"))
_CREDIT = (
    sa.update(merchant_escrow)
    .where(*_IS_OF, _KEPT)
    .values(state="credited", look_at=None, credited_at=sa.bindparam("now"))
)
_ADD_ENTRY = insert(merchant_entry).on_conflict_do_nothing()
_ENTRIES = sa.select(*(merchant_entry.c[name] for name in ("kind", "points", "coins", "cash_fen"))).where(
    merchant_entry.c.order_id == sa.bindparam("order_id"), merchant_entry.c.merchant_id == sa.bindparam("merchant_id")
)
# Of a merchant's part of an order: when its last code was used, whether one is unused, whether a case is open.
_RECEIPT = sa.text("""
SELECT max(c.verified_at) AS last_used_at,
       coalesce(bool_or(c.verified_at IS NULL AND c.voided_at IS NULL), false) AS has_unused,
       EXISTS (SELECT FROM after_sale_case a WHERE a.order_id = :order_id AND a.merchant_id = :merchant_id
                   AND a.ended_at IS NULL) AS is_case_open
FROM issued_code c
WHERE c.order_id = :order_id
  AND c.sku_id IN (SELECT l.sku_id FROM order_line l WHERE l.order_id = :order_id AND l.merchant_id = :merchant_id)
""")
_DAYS = (
    sa.select(escrow_terms.c.days_after_delivery)
    .where(
        escrow_terms.c.merchant_id.in_((sa.bindparam("merchant_id"), GENERAL)),
        escrow_terms.c.effective_from <= sa.bindparam("now"),
    )
    .order_by(escrow_terms.c.merchant_id.desc(), escrow_terms.c.effective_from.desc())
    .limit(1)
)


def keep_back(work: Work, order_id: str) -> None:
    """All that was sold in an order, for each merchant; once."""
    work.leave(_KEEP, {"order_id": order_id, "now": work.now, "actor": work.context.actor})


def escrows_of(work: Work, order_id: str) -> list[sa.Row]:
    return list(work.execute(_ESCROWS, {"its_order": order_id}).all())


def find_escrow(work: Work, order_id: str, merchant_id: str) -> sa.Row | None:
    return work.execute(_ESCROW, _of(order_id, merchant_id)).one_or_none()


def escrows_to_look_at(work: Work, limit: int) -> list[tuple[str, str]]:
    """Order and merchant, the longest overdue first; not locked."""
    return [tuple(row) for row in work.execute(_TO_LOOK_AT, {"now": work.now, "at_once": limit})]


def look_later(work: Work, order_id: str, merchant_id: str, look_at: datetime) -> None:
    work.execute(_LOOK_LATER, {**_of(order_id, merchant_id), "until": look_at})


def look_now(work: Work, order_id: str) -> None:
    """At all that is kept back of an order."""
    work.execute(_LOOK_NOW, {"its_order": order_id, "now": work.now})


def mark_credited(work: Work, order_id: str, merchant_id: str) -> bool:
    """False if it was."""
    return work.execute(_CREDIT, {**_of(order_id, merchant_id), "now": work.now}).rowcount == 1


def add_entry(work: Work, order_id: str, merchant_id: str, operation: str, kind: str, worth: Worth) -> bool:
    """False if the operation is on record."""
    values = {
        "order_id": order_id,
        "merchant_id": merchant_id,
        "operation": operation,
        "kind": kind,
        **vars(worth),
        "at": work.now,
        "actor": work.context.actor,
    }
    return work.execute(_ADD_ENTRY, values).rowcount == 1


def entries_of(work: Work, order_id: str, merchant_id: str) -> list[Entry]:
    of = {"order_id": order_id, "merchant_id": merchant_id}
    return [Entry(kind, Worth(*worth)) for kind, *worth in work.execute(_ENTRIES, of)]


def receipt_of(work: Work, order: sa.Row, merchant_id: str) -> Receipt:
    its = work.execute(_RECEIPT, {"order_id": order.order_id, "merchant_id": merchant_id}).one()
    is_there = order.variant != ON_DELIVERY or order.cash_fen == 0 or bool(captured_shares_of(work, order.order_id))
    codes = (its.last_used_at, its.has_unused, its.is_case_open)
    return Receipt(order.status, order.delivered_at, order.completed_at, *codes, is_cash_there=is_there)


def days_after_delivery(work: Work, merchant_id: str) -> int:
    """As they are now: the merchant's own, or those of all."""
    return work.execute(_DAYS, {"merchant_id": merchant_id, "now": work.now}).scalar_one()


def add_escrow_terms(work: Work, **row: Any) -> dict[str, Any]:
    values = {"effective_from": work.now, "actor": work.context.actor, **row}
    work.execute(escrow_terms.insert(), values)
    return values


def sums_of(work: Work, merchant_id: str) -> dict[str, Worth]:
    """By kind, of all orders."""
    of = merchant_entry.c
    sums = sa.select(of.kind, *(sa.func.sum(column) for column in (of.points, of.coins, of.cash_fen)))
    rows = work.execute(sums.where(of.merchant_id == merchant_id).group_by(of.kind))
    return {kind: Worth(*map(int, worth)) for kind, *worth in rows}


def page_of_entries(work: Work, merchant_id: str, kinds: Sequence[str], before: int | None, limit: int) -> list[sa.Row]:
    """The latest first."""
    wanted = sa.select(merchant_entry).where(
        merchant_entry.c.merchant_id == merchant_id, merchant_entry.c.kind.in_(kinds)
    )
    if before is not None:
        wanted = wanted.where(merchant_entry.c.id < before)
    return list(work.execute(wanted.order_by(merchant_entry.c.id.desc()).limit(limit)).all())


def _of(order_id: str, merchant_id: str) -> dict[str, str]:
    return {"its_order": order_id, "its_merchant": merchant_id}
