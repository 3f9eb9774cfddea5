"""Which event is told to whom, under which topic and with which variables. The one place where that is decided."""

from collections.abc import Callable

from services.catalog.contract import CODE_UNVERIFIED, CODE_VERIFIED, CODES_ISSUED
from services.logistics.contract import SHIPMENT_DELIVERED, SHIPMENT_DISPATCHED, SHIPMENT_MOVED
from services.members.contract import MEMBERS_ENROLLED, STATE_CHANGED, TIER_CHANGED
from services.notifications.domain import amounts, labels
from services.notifications.domain.announcement import Announcement, Data, Words, short_number, told
from services.notifications.domain.points_announcements import POINTS_TABLE
from services.notifications.domain.topics import both
from services.orders import contract as orders

SILENT_CHANNEL = "import"  # whoever was imported from the operator's books did not just join
TOLD_MOVES = ("out_for_delivery", "delivery_failed", "returned", "lost", "damaged")


def announcements_of(event_type: str, data: Data) -> list[Announcement]:
    """What an event (its loaded data) gives members to read; empty if it is of no interest to them."""
    return _TABLE[event_type](data)


def goods_in_words(lines: list[Data]) -> dict[str, str]:
    first, pieces = lines[0], sum(line["quantity"] for line in lines)
    if pieces == 1:
        return {"zh": first["name_zh"], "en": first["name_en"]}
    return {"zh": f"{first['name_zh']}等{pieces}件", "en": f"{first['name_en']} and {pieces - 1} more"}


def _welcomes(data: Data) -> list[Announcement]:
    joined = (member for member in data["members"] if member["channel"] != SILENT_CHANNEL)
    return [Announcement("welcome", member["member_id"], {}) for member in joined]


def _state_changed(data: Data) -> list[Announcement]:
    return told("account_state_changed", data, {"state": labels.STATE_NAMES[data["state"]]})


def _tier_changed(data: Data) -> list[Announcement]:
    names = {field: labels.TIER_NAMES[data[field]] for field in ("tier", "previous")}
    return told("tier_changed", data, names)


def _order_placed(data: Data) -> list[Announcement]:
    return _to_pay("order_placed", data)


def _order_approved(data: Data) -> list[Announcement]:
    return _to_pay("order_approved", data)


def _order_closed(data: Data) -> list[Announcement]:
    return _ended("order_refused" if data["reason"] == orders.NOT_APPROVED_REASON else "order_closed")(data)


def _to_pay(topic: str, data: Data) -> list[Announcement]:
    if not data["cash_fen"]:  # nothing to pay: the confirmation follows at once
        return []
    if data["pay_by"] is None:  # somebody has to approve of it first
        return []
    due: Words = {"cash": amounts.grouped_yuan(data["cash_fen"]), "pay_by": both(amounts.moment, data["pay_by"])}
    return told(topic, data, {**_order(data), **due})


def _order_confirmed(data: Data) -> list[Announcement]:
    return told("order_confirmed", data, _order(data))


def _order(data: Data) -> Words:
    return {**_priced(data), "goods": goods_in_words(data["lines"])}


def _priced(data: Data) -> Words:
    return {
        "order": short_number(data["order_id"]),
        "price": both(amounts.price, data["points"], data["coins"], data["cash_fen"]),
    }


def _ended(topic: str) -> Callable[[Data], list[Announcement]]:
    return lambda data: told(topic, data, _priced(data))


def _payment_refunded(data: Data) -> list[Announcement]:
    cash = amounts.grouped_yuan(data["amount_fen"])
    return told("payment_refunded", data, {"order": short_number(data["order_id"]), "cash": cash})


def _codes_issued(data: Data) -> list[Announcement]:
    codes = ", ".join(issued["code"] for issued in data["codes"])
    return told("codes_issued", data, {"order": short_number(data["order_id"]), "codes": codes})


def _waiting(topic: str) -> Callable[[Data], list[Announcement]]:
    return lambda data: told(topic, data, _waiting_in_words(data))


def _waiting_in_words(data: Data) -> Words:
    return {
        "order": short_number(data["order_id"]),
        "code": data["code"],
        "hall": {"zh": data["name_zh"], "en": data["name_en"]},
        "fetch_by": both(amounts.moment, data["fetch_by"]),
    }


def _at_counter(topic: str) -> Callable[[Data], list[Announcement]]:
    """Of orders of before counters knew their members nobody is told: the order's timeline says it."""
    return lambda data: told(topic, data, _counter_in_words(data)) if data["member_id"] else []


def _counter_in_words(data: Data) -> Words:
    return {
        "order": short_number(data["order_id"]),
        "goods": {"zh": data["name_zh"], "en": data["name_en"]},
        "merchant": {"zh": data["merchant_zh"], "en": data["merchant_en"]},
        "at": both(amounts.moment, data["done_at"]),
    }


_DECIDED = {
    "approved": "case_approved",
    "rejected": "case_rejected",
    "goods_rejected": "case_rejected",
    "dispute_won": "case_dispute_won",
    "dispute_lost": "case_dispute_lost",
    orders.NOT_PROVIDED: "case_not_provided",
}


_PIECES_DECIDED = {"approved": "case_pieces_cancelled", "rejected": "case_pieces_kept"}


def _case_decided(data: Data) -> list[Announcement]:
    """Of goods that are accepted a member reads by what comes back."""
    words = _DECIDED | (_PIECES_DECIDED if data["kind"] == orders.CANCEL_PART else {})
    topic = words.get(data["decision"])
    kind = labels.CASE_KIND_NAMES[data["kind"]]
    of_case: Words = {"order": short_number(data["order_id"]), "kind": kind, "because": data["because"]}
    return told(topic, data, of_case) if topic else []


def _parcel(topic: str) -> Callable[[Data], list[Announcement]]:
    return lambda data: told(topic, data, _parcel_in_words(data))


def _parcel_moved(data: Data) -> list[Announcement]:
    if data["status"] not in TOLD_MOVES:
        return []
    return told(f"shipment_{data['status']}", data, _parcel_in_words(data))


def _parcel_in_words(data: Data) -> Words:
    return {
        "order": short_number(data["order_id"]),
        "carrier": {"zh": data["carrier_name_zh"], "en": data["carrier_name_en"]},
        "waybill": data["waybill_no"],
    }


_TABLE: dict[str, Callable[[Data], list[Announcement]]] = {
    MEMBERS_ENROLLED.type: _welcomes,
    STATE_CHANGED.type: _state_changed,
    TIER_CHANGED.type: _tier_changed,
    **POINTS_TABLE,
    orders.ORDER_PLACED.type: _order_placed,
    orders.ORDER_APPROVED.type: _order_approved,
    orders.ORDER_CONFIRMED.type: _order_confirmed,
    orders.ORDER_CLOSED.type: _order_closed,
    orders.ORDER_CANCELLED.type: _ended("order_cancelled"),
    orders.ORDER_COMPLETED.type: _ended("order_completed"),
    orders.PAYMENT_REFUNDED.type: _payment_refunded,
    orders.ORDER_PREPARED.type: _waiting("order_prepared"),
    orders.FETCHING_REMINDED.type: _waiting("fetching_reminded"),
    CODES_ISSUED.type: _codes_issued,
    CODE_VERIFIED.type: _at_counter("code_verified"),
    CODE_UNVERIFIED.type: _at_counter("code_unverified"),
    orders.CASE_DECIDED.type: _case_decided,
    SHIPMENT_DISPATCHED.type: _parcel("shipment_dispatched"),
    SHIPMENT_MOVED.type: _parcel_moved,
    SHIPMENT_DELIVERED.type: _parcel("shipment_delivered"),
}
ANNOUNCED_EVENTS = tuple(_TABLE)
