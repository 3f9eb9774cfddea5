"""What is wrong with what carriers owe: found when something is said or paid, or when it is due; settled when it is
even again."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.chassis.data.work import ReceivedEvent, Work, Works
from services.chassis.ids import new_id
from services.orders import contract
from services.orders.domain.remitting import Claim
from services.orders.storage.locks import lock_claims_overdue
from services.orders.storage.remittance_differences import (
    add_difference,
    close_remittance_difference,
    open_difference_of,
    renew_difference,
)
from services.orders.storage.remittances import remit_days, say_collected

SETTLED, EVEN = "settled", "what was said has been paid over"
BATCH = 200
_AMOUNTS = ("what", "said_fen", "remitted_fen", "missing_fen")


def note_collected(work: Work, event: ReceivedEvent) -> None:
    """The carrier says with a delivery what it has collected: it owes that from now on, right or wrong. The caller has
    the order's lock, and has heard nothing newer of the parcel."""
    told = event.data
    if told["collected_fen"] is not None:
        due_at = told["occurred_at"] + timedelta(days=remit_days(work, told["carrier"]))
        look_at_claim(work, say_collected(work, told, told["collected_fen"], told["occurred_at"], due_at))


def find_overdue(works: Works) -> None:
    """Job: parcels for which nothing came in time."""
    while True:
        with works.begin() as work:
            overdue = lock_claims_overdue(work, BATCH)
            for claim in overdue:
                look_at_claim(work, claim)
        if len(overdue) < BATCH:
            return


def look_at_claim(work: Work, row: sa.Row) -> bool:
    """True if something is wrong with it. ``row`` is locked."""
    claim = Claim(row.order_id is not None, row.said_fen, row.remitted_fen, row.by_hand_fen)
    what = claim.difference(is_due=row.due_at is not None and row.due_at <= work.now)
    known = open_difference_of(work, row.carrier, row.waybill_no)
    if what is None:
        if known is not None:
            announce_closed(work, close_remittance_difference(work, known.difference_id, SETTLED, EVEN))
        return False
    found = {"what": what, "said_fen": row.said_fen, "remitted_fen": row.remitted_fen, "missing_fen": claim.missing_fen}
    if known is None:
        _open(work, row, found)
    elif found != {name: getattr(known, name) for name in _AMOUNTS}:
        renew_difference(work, known.difference_id, order_id=row.order_id, **found)
    return True


def _open(work: Work, row: sa.Row, found: dict[str, Any]) -> None:
    of = {"carrier": row.carrier, "waybill_no": row.waybill_no, "order_id": row.order_id}
    difference = add_difference(work, difference_id=new_id("dif"), **of, **found)
    work.emit(contract.REMITTANCE_DIFFERENCE_OPENED, difference.difference_id, dict(difference._mapping), 1)


def announce_closed(work: Work, closed: sa.Row) -> None:
    data = dict(closed._mapping)
    work.emit(contract.REMITTANCE_DIFFERENCE_CLOSED, closed.difference_id, data, closed.version)
