"""Parcels that carriers gave back are sent after all: a stop was refused, or fewer pieces go than were booked."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.chassis.data.work import Work
from services.logistics.storage.carriers import known_carrier
from services.logistics.storage.locks import lock_order, lock_shipments_of_order
from services.logistics.storage.shipments import add_shipment, stop_of
from services.logistics.usecases.plan_dispatch import shipment_id
from services.logistics.usecases.tell_of_shipments import tell_cancelled

KEPT = ("order_id", "member_id", "merchant_id", "recipient", "collect_fen", "carrier", "assignment")


def resume_dispatch(work: Work, request: dict[str, Any]) -> None:
    """A carrier books a reference once, so a cancelled shipment is replaced by the next generation."""
    order_id = request["order_id"]
    lock_order(work, order_id)
    if stop_of(work, order_id):
        return
    for row in latest_of(lock_shipments_of_order(work, order_id)):
        if row.status == "cancelled" and not row.is_emptied:
            tell_given_back(work, row)
            send_anew(work, row, row.lines)


def latest_of(rows: Iterable[Any]) -> list[Any]:
    """Of each merchant the latest generation."""
    return list({row.merchant_id: row for row in sorted(rows, key=_generation)}.values())


def tell_given_back(work: Work, row: Any) -> None:
    """Whoever heard that it was dispatched must not wait for it."""
    if row.dispatched_at is not None:
        tell_cancelled(work, row, known_carrier(work, row.carrier))


def send_anew(work: Work, row: Any, lines: Sequence[dict[str, Any]]) -> None:
    """In place of a cancelled shipment."""
    generation = row.generation + 1
    new_id = shipment_id(row.order_id, row.merchant_id, generation)
    kept = {name: getattr(row, name) for name in KEPT}
    add_shipment(work, {"id": new_id, "generation": generation, "lines": list(lines), **kept})


def _generation(row: Any) -> int:
    return row.generation
