"""What the timeline and the others are told of a case."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.contract import Event
from services.chassis.data.work import Work
from services.orders import contract
from services.orders.domain.aftersale.units import by_line, pieces_by_sku
from services.orders.storage.queries import lines_of
from services.orders.storage.writes import add_fact


def tell(work: Work, event: Event, case: sa.Row, **more: Any) -> None:
    """Each version of a case is told of at most once by one event."""
    work.emit(event, case.case_id, {**case._mapping, **more}, case.version)


def tell_refunded(work: Work, case: sa.Row, units: Sequence[sa.Row], **back: int) -> None:
    """Of these pieces; ``back``: points, coins, cash_fen."""
    lines = [dict(row._mapping) for row in lines_of(work, [case.order_id])[case.order_id]]
    tell(work, contract.CASE_REFUNDED, case, lines=by_line(units), pieces=pieces_by_sku(lines, units), **back)
    tell_closed(work, case, "refunded")


def note(work: Work, case: sa.Row, what: str, **details: Any) -> None:
    """Not of a cancellation, which is all in the facts of the order itself."""
    if case.kind != contract.CANCEL:
        add_fact(work, case.order_id, f"case.{what}", case_id=case.case_id, kind=case.kind, **details)


def tell_decided(work: Work, case: sa.Row, decision: str, because: str) -> None:
    note(work, case, decision, because=because)
    tell(work, contract.CASE_DECIDED, case, decision=decision, because=because)


def tell_closed(work: Work, case: sa.Row, outcome: str) -> None:
    note(work, case, "closed", outcome=outcome)
    tell(work, contract.CASE_CLOSED, case, outcome=outcome)
