"""What is kept back of merchants' sales, and the append-only entries of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.orders.contract import ON_DELIVERY
from services.orders.domain.escrow import Entry, Receipt, Worth
from services.orders.storage.payments import captured_shares_of
from services.orders.storage.tables import (
    after_sale_case,
    escrow_terms,
    issued_code,
    merchant_entry,
    merchant_escrow,
    order_line,
)

GENERAL = ""  # the terms of merchants that have none of their own
# One statement, since it is part of placing an order that is paid for at once.
_KEEP = sa.text("""
WITH sold AS (
    SELECT merchant_id, sum(points) AS points, sum(coins) AS coins, sum(cash_fen) AS cash_fen
    FROM order_line WHERE order_id = :order_id GROUP BY merchant_id
), kept AS (
    INSERT INTO merchant_escrow (order_id, merchant_id, state, look_at)
    SELECT :order_id, merchant_id, 'kept', :now FROM sold ON CONFLICT DO NOTHING
)
INSERT INTO merchant_entry (order_id, merchant_id, operation, kind, points, coins, cash_fen, at, actor)
SELECT :order_id, merchant_id, 'sale', 'sale', points, coins, cash_fen, :now, :actor FROM sold
WHERE points + coins + cash_fen > 0 ON CONFLICT DO NOTHING
""")


def keep_back(work: Work, order_id: str) -> None:
    """All that was sold in an order, for each merchant; once."""
    work.execute(_KEEP, {"order_id": order_id, "now": work.now, "actor": work.context.actor})


def escrows_of(work: Work, order_id: str) -> list[sa.Row]:
    wanted = sa.select(merchant_escrow).where(merchant_escrow.c.order_id == order_id)
    return list(work.execute(wanted.order_by(merchant_escrow.c.merchant_id)).all())


def find_escrow(work: Work, order_id: str, merchant_id: str) -> sa.Row | None:
    return work.execute(sa.select(merchant_escrow).where(*_of(order_id, merchant_id))).one_or_none()


def escrows_to_look_at(work: Work, limit: int) -> list[tuple[str, str]]:
    """Order and merchant, the longest overdue first; not locked."""
    kept = sa.select(merchant_escrow.c.order_id, merchant_escrow.c.merchant_id).where(
        merchant_escrow.c.state == "kept", merchant_escrow.c.look_at <= work.now
    )
    return [tuple(row) for row in work.execute(kept.order_by(merchant_escrow.c.look_at).limit(limit))]


def look_later(work: Work, order_id: str, merchant_id: str, look_at: datetime) -> None:
    is_kept = (*_of(order_id, merchant_id), merchant_escrow.c.state == "kept")
    work.execute(sa.update(merchant_escrow).where(*is_kept).values(look_at=look_at))


def look_now(work: Work, order_id: str) -> None:
    """At all that is kept back of an order."""
    is_kept = (merchant_escrow.c.order_id == order_id, merchant_escrow.c.state == "kept")
    work.execute(sa.update(merchant_escrow).where(*is_kept).values(look_at=work.now))


def mark_credited(work: Work, order_id: str, merchant_id: str) -> bool:
    """False if it was."""
    is_kept = (*_of(order_id, merchant_id), merchant_escrow.c.state == "kept")
    values = {"state": "credited", "look_at": None, "credited_at": work.now}
    return work.execute(sa.update(merchant_escrow).where(*is_kept).values(values)).rowcount == 1


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
    return work.execute(insert(merchant_entry).values(values).on_conflict_do_nothing()).rowcount == 1


def entries_of(work: Work, order_id: str, merchant_id: str) -> list[Entry]:
    of = merchant_entry.c
    wanted = sa.select(of.kind, of.points, of.coins, of.cash_fen).where(
        of.order_id == order_id, of.merchant_id == merchant_id
    )
    return [Entry(kind, Worth(*worth)) for kind, *worth in work.execute(wanted)]


def receipt_of(work: Work, order: sa.Row, merchant_id: str) -> Receipt:
    of_merchant = sa.select(order_line.c.sku_id).where(
        order_line.c.order_id == order.order_id, order_line.c.merchant_id == merchant_id
    )
    is_unused = issued_code.c.verified_at.is_(None) & issued_code.c.voided_at.is_(None)
    unused = sa.func.coalesce(sa.func.bool_or(is_unused), False)
    codes = sa.select(sa.func.max(issued_code.c.verified_at), unused).where(
        issued_code.c.order_id == order.order_id, issued_code.c.sku_id.in_(of_merchant)
    )
    last_used_at, has_unused = work.execute(codes).one()
    open_case = sa.select(after_sale_case.c.case_id).where(
        after_sale_case.c.order_id == order.order_id,
        after_sale_case.c.merchant_id == merchant_id,
        after_sale_case.c.ended_at.is_(None),
    )
    is_case_open = work.execute(open_case.limit(1)).one_or_none() is not None
    is_there = order.variant != ON_DELIVERY or order.cash_fen == 0 or bool(captured_shares_of(work, order.order_id))
    told = order.status, order.delivered_at, order.completed_at, last_used_at, has_unused, is_case_open
    return Receipt(*told, is_cash_there=is_there)


def days_after_delivery(work: Work, merchant_id: str) -> int:
    """As they are now: the merchant's own, or those of all."""
    in_force = sa.select(escrow_terms.c.days_after_delivery).where(
        escrow_terms.c.merchant_id.in_((merchant_id, GENERAL)), escrow_terms.c.effective_from <= work.now
    )
    newest = in_force.order_by(escrow_terms.c.merchant_id.desc(), escrow_terms.c.effective_from.desc())
    return work.execute(newest.limit(1)).scalar_one()


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


def _of(order_id: str, merchant_id: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return merchant_escrow.c.order_id == order_id, merchant_escrow.c.merchant_id == merchant_id
