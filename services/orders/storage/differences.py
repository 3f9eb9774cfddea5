"""What differs between bills and books, and the books as a bill would have them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.chassis.ids import derived_id
from services.orders.domain.bill import REFUND, TRADE
from services.orders.domain.reconciling import UNKNOWN, Ours
from services.orders.storage.tables import bill_difference, payment, provider_bill_line, refund, tender_event

_IDS = {TRADE: payment.c.payment_id, REFUND: refund.c.refund_id}
_BILLED_AS = {TRADE: payment.c.billed_as, REFUND: refund.c.billed_as}
_OF_REFUND = refund.join(payment, payment.c.payment_id == refund.c.payment_id)


def ours_of(work: Work, provider: str, kind: str, numbers: Iterable[str]) -> dict[str, Ours]:
    """What our books have at this provider, by these numbers of bills."""
    found = _ours(work, provider, kind, _BILLED_AS[kind].in_(list(numbers)))
    return {ours.billed_as: ours for ours in found}


def ours_by_id(work: Work, provider: str, kind: str, identity: str) -> Ours | None:
    return next(iter(_ours(work, provider, kind, _IDS[kind] == identity)), None)


def _ours(work: Work, provider: str, kind: str, wanted: sa.ColumnElement[bool]) -> list[Ours]:
    if kind == TRADE:
        payments = work.execute(sa.select(payment).where(payment.c.provider == provider, wanted))
        return [
            Ours(row.payment_id, row.billed_as, row.amount_fen, row.status == "captured", row.provider_trade_no)
            for row in payments
        ]
    refunds = work.execute(sa.select(refund).select_from(_OF_REFUND).where(payment.c.provider == provider, wanted))
    return [Ours(row.refund_id, row.billed_as, row.amount_fen, row.status == "done") for row in refunds]


def settled_without_a_line(work: Work, provider: str, kind: str, start: datetime, end: datetime) -> list[Ours]:
    """What moved by our clock in [start, end) and is on none of this provider's bills."""
    number = _IDS[kind]
    amount = payment.c.amount_fen if kind == TRADE else refund.c.amount_fen
    moved = sa.select(tender_event.c.reference).where(
        tender_event.c.op == ("capture" if kind == TRADE else "refund"),
        tender_event.c.outcome == "succeeded",
        tender_event.c.recorded_at >= start,
        tender_event.c.recorded_at < end,
    )
    line = sa.select(provider_bill_line.c.line_no).where(
        provider_bill_line.c.provider == provider,
        provider_bill_line.c.kind == kind,
        provider_bill_line.c.number == _BILLED_AS[kind],
    )
    source = payment if kind == TRADE else _OF_REFUND
    wanted = sa.select(number, _BILLED_AS[kind], amount, payment.c.provider_trade_no).select_from(source)
    rows = work.execute(wanted.where(payment.c.provider == provider, number.in_(moved), ~line.exists()))
    return [Ours(row[0], row[1], row[2], True, row[3] if kind == TRADE else None) for row in rows]


def has_line(work: Work, provider: str, kind: str, number: str) -> bool:
    of = provider_bill_line.c
    line = sa.select(of.line_no).where(of.provider == provider, of.kind == kind, of.number == number).limit(1)
    return work.execute(line).one_or_none() is not None


def open_difference(work: Work, provider: str, day: date, kind: str, what: str, **found: Any) -> sa.Row | None:
    """``found``: number, provider_no, ours_fen, theirs_fen. None if it is on record, also if it was closed since."""
    values = {
        "difference_id": derived_id("dif", provider, kind, found["number"], what),
        "provider": provider,
        "day": day,
        "kind": kind,
        "what": what,
        "state": "open",
        "found_at": work.now,
        **found,
    }
    new = insert(bill_difference).values(values).on_conflict_do_nothing().returning(bill_difference)
    return work.execute(new).one_or_none()


def close_difference(work: Work, difference_id: str, state: str, note: str) -> sa.Row | None:
    """None if it is not open."""
    is_open = (bill_difference.c.difference_id == difference_id, bill_difference.c.state == "open")
    values = {"state": state, "closed_at": work.now, "closed_by": work.context.actor, "note": note}
    change = sa.update(bill_difference).where(*is_open).values(values).returning(bill_difference)
    return work.execute(change).one_or_none()


def find_difference(work: Work, difference_id: str) -> sa.Row | None:
    wanted = sa.select(bill_difference).where(bill_difference.c.difference_id == difference_id)
    return work.execute(wanted).one_or_none()


def open_differences(work: Work, provider: str, whats: Iterable[str]) -> list[sa.Row]:
    wanted = sa.select(bill_difference).where(
        bill_difference.c.provider == provider,
        bill_difference.c.state == "open",
        bill_difference.c.what.in_(list(whats)),
    )
    return list(work.execute(wanted.order_by(bill_difference.c.found_at)).all())


def difference_rows(work: Work, wanted: dict[str, Any], limit: int) -> list[sa.Row]:
    """``wanted``: provider, state, what, day, each None if it does not matter; the latest days first."""
    rows = sa.select(bill_difference)
    for name, value in wanted.items():
        if value is not None:
            rows = rows.where(bill_difference.c[name] == value)
    order = (bill_difference.c.day.desc(), bill_difference.c.difference_id)
    return list(work.execute(rows.order_by(*order).limit(limit)).all())


def open_by_provider(work: Work) -> dict[str, tuple[int, int]]:
    """How many are open, and fen in suspense."""
    in_suspense = sa.func.coalesce(
        sa.func.sum(bill_difference.c.theirs_fen).filter(bill_difference.c.what == UNKNOWN), 0
    )
    of_open = sa.select(bill_difference.c.provider, sa.func.count(), in_suspense)
    rows = work.execute(of_open.where(bill_difference.c.state == "open").group_by(bill_difference.c.provider))
    return {provider: (count, int(fen)) for provider, count, fen in rows}
