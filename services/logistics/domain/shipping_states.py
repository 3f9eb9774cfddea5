"""The life of a shipment as a table. Carriers skip steps (a callback gets lost), so every later state may follow."""

from services.chassis.transitions import Transitions

AFTER_PICK_UP = ("in_transit", "out_for_delivery", "delivery_failed", "damaged", "lost", "returned", "delivered")
TOLD_BY_CARRIERS = ("picked_up", *AFTER_PICK_UP)


def _reaches(*statuses: str) -> dict[str, str]:
    return {status: status for status in statuses}


SHIPMENT = Transitions(
    name="shipment",
    initial="pending",
    table={
        "pending": {"book": "dispatched", "cancel": "cancelled"},
        "dispatched": {**_reaches(*TOLD_BY_CARRIERS), "cancel": "cancelled"},
        "picked_up": _reaches(*AFTER_PICK_UP),
        "in_transit": _reaches(*AFTER_PICK_UP[1:]),
        "out_for_delivery": _reaches("delivery_failed", "damaged", "lost", "returned", "delivered"),
        "delivery_failed": _reaches("out_for_delivery", "damaged", "lost", "returned", "delivered"),
        "damaged": _reaches("lost", "returned", "delivered"),
        "lost": _reaches("returned", "delivered"),  # parcels are found again
        "returned": _reaches("delivered"),  # the recipient's signature is the strongest fact, however late we hear it
        "delivered": {},
        "cancelled": {},
    },
)

BEFORE_PICK_UP = ("pending", "dispatched", "cancelled")
# Of these a carrier is asked when it keeps silent.
ON_THE_WAY = ("dispatched", "picked_up", "in_transit", "out_for_delivery", "delivery_failed")
