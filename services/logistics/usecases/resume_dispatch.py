"""A stop was refused: parcels of the order that were given back on its way are sent after all."""

from typing import Any

from services.chassis.data.work import Work
from services.logistics.storage.locks import lock_order, lock_shipments_of_order
from services.logistics.storage.shipments import add_shipment, stop_of
from services.logistics.usecases.plan_dispatch import shipment_id

KEPT = ("order_id", "member_id", "merchant_id", "lines", "recipient", "collect_fen", "carrier", "assignment")


def resume_dispatch(work: Work, request: dict[str, Any]) -> None:
    """A carrier books a reference once, so a cancelled shipment is replaced by the next generation."""
    order_id = request["order_id"]
    lock_order(work, order_id)
    if stop_of(work, order_id):
        return
    latest = {row.merchant_id: row for row in sorted(lock_shipments_of_order(work, order_id), key=_generation)}
    for row in latest.values():
        if row.status == "cancelled":
            _replace(work, row)


def _replace(work: Work, row: Any) -> None:
    generation = row.generation + 1
    new_id = shipment_id(row.order_id, row.merchant_id, generation)
    add_shipment(work, {"id": new_id, "generation": generation, **{name: getattr(row, name) for name in KEPT}})


def _generation(row: Any) -> int:
    return row.generation
