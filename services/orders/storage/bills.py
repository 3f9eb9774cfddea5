"""Providers' bills: which are awaited, their lines as they came, and the terms under which they are asked for."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.data.work import Work
from services.orders.domain.bill import REFUND, TRADE, BillLine, DailyBill
from services.orders.domain.reconciling import BillTerms
from services.orders.storage.tables import bill_terms, provider_bill, provider_bill_line

AT_ONCE = 500
TERMS = ("ready_at_minute", "ask_every_s", "days_back", "absent_after_h", "tolerance_fen")


def bill_terms_in_force(work: Work, provider: str) -> BillTerms:
    in_force = sa.select(*(bill_terms.c[name] for name in TERMS)).where(
        bill_terms.c.provider == provider, bill_terms.c.effective_from <= work.now
    )
    return BillTerms(*work.execute(in_force.order_by(bill_terms.c.effective_from.desc()).limit(1)).one())


def add_bill_terms(work: Work, **row: Any) -> dict[str, Any]:
    values = {"effective_from": work.now, "actor": work.context.actor, **row}
    work.execute(bill_terms.insert(), values)
    return values


def expect_bills(work: Work, provider: str, days: Iterable[date]) -> None:
    """Those that are not expected yet."""
    rows = [{"provider": provider, "day": day, "state": "awaited", "due_at": work.now} for day in days]
    if rows:
        work.execute(insert(provider_bill).on_conflict_do_nothing(), rows)


def keep_bill(work: Work, provider: str, day: date, bill: DailyBill) -> None:
    """The caller holds its lock. BillNotGenuine, wherever in the file, leaves nothing of it."""
    count, fen, fee_fen = 0, {TRADE: 0, REFUND: 0}, 0
    unread = iter(bill.lines)
    while lines := list(islice(unread, AT_ONCE)):
        rows = [_row(provider, day, number, line) for number, line in enumerate(lines, count + 1)]
        work.execute(provider_bill_line.insert(), rows)
        count, fee_fen = count + len(lines), fee_fen + sum(line.fee_fen for line in lines)
        for line in lines:
            fen[line.kind] += line.amount_fen
    sums = {"lines": count, "paid_fen": fen[TRADE], "refunded_fen": fen[REFUND], "fee_fen": fee_fen}
    read = {"state": "read", "due_at": None, "problem": None, "sha256": bill.sha256, "read_at": work.now}
    _change(work, provider, day, **sums, **read)


def _row(provider: str, day: date, line_no: int, line: BillLine) -> dict[str, Any]:
    return {"provider": provider, "day": day, "line_no": line_no, **vars(line), "number": line.key}


def mark_absent(work: Work, provider: str, day: date) -> None:
    """Nothing happened there on that day."""
    _change(work, provider, day, state="absent", due_at=None, problem=None, compared_at=work.now)


def note_problem(work: Work, provider: str, day: date, problem: str) -> None:
    is_awaited = (provider_bill.c.provider == provider, provider_bill.c.day == day, provider_bill.c.state == "awaited")
    work.execute(sa.update(provider_bill).where(*is_awaited).values(problem=problem[:500]))


def lines_to_compare(work: Work, bill: sa.Row) -> list[sa.Row]:
    after = sa.select(provider_bill_line).where(
        provider_bill_line.c.provider == bill.provider,
        provider_bill_line.c.day == bill.day,
        provider_bill_line.c.line_no > bill.compared_to,
    )
    return list(work.execute(after.order_by(provider_bill_line.c.line_no).limit(AT_ONCE)).all())


def mark_compared(work: Work, bill: sa.Row, lines: Sequence[sa.Row]) -> None:
    """As far as these lines; with none left it is done."""
    values = {"compared_to": lines[-1].line_no} if lines else {"compared_at": work.now}
    _change(work, bill.provider, bill.day, **values)


def mark_reviewed(work: Work, bill: sa.Row) -> None:
    _change(work, bill.provider, bill.day, reviewed_at=work.now)


def told_more_than_once(work: Work, provider: str, numbers: Iterable[str]) -> set[tuple[str, str]]:
    """Kind and number of the movements that have several lines, on whatever days."""
    of = provider_bill_line.c
    several = sa.select(of.kind, of.number).where(of.provider == provider, of.number.in_(list(numbers)))
    return {tuple(row) for row in work.execute(several.group_by(of.kind, of.number).having(sa.func.count() > 1))}


def bill_rows(work: Work, provider: str | None, limit: int) -> list[sa.Row]:
    """The latest days first."""
    wanted = sa.select(provider_bill)
    if provider:
        wanted = wanted.where(provider_bill.c.provider == provider)
    latest = wanted.order_by(provider_bill.c.day.desc(), provider_bill.c.provider).limit(limit)
    return list(work.execute(latest).all())


def _change(work: Work, provider: str, day: date, **values: Any) -> None:
    of_day = (provider_bill.c.provider == provider, provider_bill.c.day == day)
    work.execute(sa.update(provider_bill).where(*of_day).values(values))
