"""What members are told of the history of an order: what happened to it. Who of ours did it, and what they said to each
other about it, is on record for staff alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.orders.contract import DECISIONS

MALL = "mall"  # whoever of ours, or of the partners, did it
_PARCEL = ("shipment_id", "status", "carrier", "waybill_no", "location", "signed_by", "is_ignored")
_CODE = ("sku_id", "merchant_id", "code_tail")
_REFUND = ("refund_id", "amount_fen")
_HELD = ("points", "unit")
_SWITCHED = ("line_no", "element_id", "provisioner", "reference")
_CASE = ("case_id", "kind")
# Which details of each fact; what is not named here is not told.
TOLD: dict[str, tuple[str, ...]] = {
    "order.placed": ("points", "coins", "cash_fen", "channel"),
    "cash.promised": ("amount_fen",),
    "order.approved": (),
    "order.refused": (),
    "order.confirmed": (),
    "order.received": (),
    "order.completed": (),
    **dict.fromkeys(("order.closing", "order.closed", "order.cancelling", "order.cancelled"), ("reason",)),
    "order.not_cancelled": (),
    "payment.captured": ("payment_id", "amount_fen"),
    "payment.late": (),
    "payment.refund_requested": _REFUND,
    "payment.refunded": _REFUND,
    "payment.paid_out": ("refund_id", "reference"),
    **dict.fromkeys(("points.hold_captured", "points.hold_released", "points.refunded"), _HELD),
    "stock.allotted": ("units",),
    "presale.revoked": (),
    **dict.fromkeys(("shipment.dispatched", "shipment.moved", "shipment.delivered"), _PARCEL),
    "codes.issued": ("codes", "is_ignored"),
    "code.verified": _CODE,
    "code.unverified": _CODE,
    "pick_up.prepared": ("place_id", "name_zh", "name_en", "is_ignored"),
    "pick_up.collected": ("is_ignored",),
    "fetching.reminded": (),
    **dict.fromkeys(("provisioning.succeeded", "provisioning.failed", "provisioning.reversed"), _SWITCHED),
    "case.opened": (*_CASE, "reason"),
    **dict.fromkeys((f"case.{decision}" for decision in DECISIONS), (*_CASE, "because")),
    "case.sent_back": (*_CASE, "carrier", "waybill_no"),
    "case.disputed": _CASE,
    "case.codes_voided": (*_CASE, "code_tails"),
    "case.replaced": (*_CASE, "replaced_by"),
    "case.closed": (*_CASE, "outcome"),
}


class Fact(Protocol):
    """A row of ``order_fact``."""

    what: Any
    at: Any
    actor: Any
    details: Any


@dataclass(frozen=True)
class Told:
    """The contract's TimelineEntry."""

    what: str
    at: datetime
    actor: str
    details: dict[str, Any]


def told_to_member(member_id: str, facts: Iterable[Fact]) -> list[Told]:
    return [
        Told(fact.what, fact.at, who_for(member_id, fact.actor), _of(fact.details, TOLD[fact.what]))
        for fact in facts
        if fact.what in TOLD
    ]


def who_for(member_id: str, actor: str) -> str:
    """The member, or the mall."""
    return actor if actor == f"member:{member_id}" else MALL


def _of(details: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: details[name] for name in names if name in details}
