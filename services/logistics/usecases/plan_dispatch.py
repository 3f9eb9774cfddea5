"""An order is confirmed, or what it waited for is there: its lines that are carried become shipments, one for each
merchant."""

from typing import Any

from services.chassis.data.work import ReceivedEvent, Work
from services.chassis.ids import derived_id
from services.logistics.domain.carriers import assign
from services.logistics.domain.parcels import Parcel, parcels_of, parcels_without
from services.logistics.storage.carriers import all_carriers, failing_carriers
from services.logistics.storage.locks import lock_order
from services.logistics.storage.shipments import add_shipment, stop_of
from services.logistics.storage.withheld import withheld_of

FIRST = 1


def plan_dispatch(work: Work, event: ReceivedEvent) -> None:
    """Nothing for codes, for what its buyer picks up or for goods that are still to come, nothing when a stop came
    first, without the pieces that were called off first; told again, it finds its shipments there."""
    order, parcels = event.data, parcels_of(event.data["lines"])
    if not parcels or order["waits_for_goods"] or order["pick_up_at"]:
        return
    if order["delivery_address"] is None:
        raise ValueError(f"{order['order_id']} has something to carry and no delivery address")
    lock_order(work, order["order_id"])
    if stop_of(work, order["order_id"]):
        return
    for parcel in parcels_without(parcels, withheld_of(work, order["order_id"])):
        _plan_shipment(work, order, parcel)


def _plan_shipment(work: Work, order: dict[str, Any], parcel: Parcel) -> None:
    recipient = order["delivery_address"]
    collect_fen = parcel.cash_fen if order["is_paid_on_delivery"] else 0
    failing = failing_carriers(work, failures=1)
    assignment = assign(all_carriers(work), recipient["province"], failing, collect_fen)
    shipment = {
        "id": shipment_id(order["order_id"], parcel.merchant_id, FIRST),
        "order_id": order["order_id"],
        "member_id": order["member_id"],
        "merchant_id": parcel.merchant_id,
        "generation": FIRST,
        "lines": list(parcel.lines),
        "recipient": recipient,
        "collect_fen": collect_fen,
        "carrier": assignment.code,
        "assignment": assignment.verdicts,
    }
    add_shipment(work, shipment)


def shipment_id(order_id: str, merchant_id: str, generation: int) -> str:
    """The same for the same order, merchant and generation: the carrier books each once."""
    return derived_id("shp", order_id, merchant_id, str(generation))
