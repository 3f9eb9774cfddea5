"""What happened to points and coins, in words for their members."""

from collections.abc import Callable
from datetime import date

from services.notifications.domain import amounts, labels
from services.notifications.domain.announcement import Announcement, Data, Words, short_number, told
from services.notifications.domain.topics import both
from services.points import contract


def _points_accrued(data: Data) -> list[Announcement]:
    if data["unit"] == contract.COINS:
        return _coins_accrued(data)
    topic = "points_from_bill" if data["source"] == "bill" else "points_earned"
    source = labels.SOURCE_NAMES[data["source"]]
    return [
        Announcement(topic, posting["member_id"], _accrual(posting) | {"source": source})
        for posting in data["postings"]
    ]


def _coins_accrued(data: Data) -> list[Announcement]:
    source: Words = {"source": labels.SOURCE_NAMES[data["source"]]}
    return [
        Announcement("coins_earned", posting["member_id"], _in_units(contract.COINS, **_changed(posting)) | source)
        for posting in data["postings"]
    ]


def _points_gifted(data: Data) -> list[Announcement]:
    """Without the giver's own words: what strangers write is not sent in the mall's name."""
    given = _in_units(contract.POINTS, points=data["points"], available=data["giver_available"])
    received = _in_units(contract.POINTS, points=data["points"], available=data["receiver_available"])
    return [
        Announcement("points_given", data["from_member"], given),
        Announcement("points_received", data["to_member"], received),
    ]


def _points_adjusted(data: Data) -> list[Announcement]:
    return [
        Announcement("points_adjusted", posting["member_id"], _in_units(data["unit"], **_changed(posting)))
        for posting in data["postings"]
    ]


def _points_clawed_back(data: Data) -> list[Announcement]:
    return told("points_taken_back", data, _in_units(data["unit"], **_changed(data)))


def _points_exchanged(data: Data) -> list[Announcement]:
    given = _in_units(data["from_unit"], given=data["give"])
    got = _in_units(data["to_unit"], got=data["get"], available=data["available_to"])
    return told("points_exchanged", data, given | got)


def _top_up_received(data: Data) -> list[Announcement]:
    return told("top_up_received", data, _paid(data))


def _top_up_reversed(data: Data) -> list[Announcement]:
    return told("top_up_reversed", data, _paid(data))


def _paid(data: Data) -> Words:
    return {**_in_units(data["unit"], **_changed(data)), "cash": amounts.grouped_yuan(data["amount_fen"])}


def _account_frozen(data: Data) -> list[Announcement]:
    return told("account_frozen", data, {})


def _account_unfrozen(data: Data) -> list[Announcement]:
    """Not while something else keeps the account frozen."""
    return told("account_unfrozen", data, {}) if data["status"] == "open" else []


def _changed(posting: Data) -> dict[str, int]:
    return {"points": posting["points"], "available": posting["available"]}


def _in_units(unit: str, **numbers: int) -> Words:
    return {name: both(amounts.of_unit, number, unit) for name, number in numbers.items()}


def _accrual(posting: Data) -> Words:
    return {"points": amounts.grouped(posting["points"]), "available": amounts.grouped(posting["available"])}


def _points_refunded(data: Data) -> list[Announcement]:
    order: Words = {"order": short_number(data["order_id"])}
    if data["unit"] == contract.COINS:
        return told("coins_refunded", data, order | _in_units(contract.COINS, **_changed(data)))
    return told("points_refunded", data, order | _accrual(data))


def _points_expiring(data: Data) -> list[Announcement]:
    return [
        Announcement("points_expiring", posting["member_id"], _expiry(data, posting, "points"))
        for posting in data["postings"]
    ]


def _points_expired(data: Data) -> list[Announcement]:
    return [
        Announcement("points_expired", posting["member_id"], _expiry(data, posting, "points", "available"))
        for posting in data["postings"]
    ]


def _expiry(data: Data, posting: Data, *amounts_of: str) -> Words:
    last_day = date.fromisoformat(data["expires_on"])
    words = _in_units(data["unit"], **{name: posting[name] for name in amounts_of})
    return words | {"last_day": both(amounts.day, last_day)}


POINTS_TABLE: dict[str, Callable[[Data], list[Announcement]]] = {
    contract.POINTS_ACCRUED.type: _points_accrued,
    contract.POINTS_REFUNDED.type: _points_refunded,
    contract.POINTS_GIFTED.type: _points_gifted,
    contract.POINTS_CLAWED_BACK.type: _points_clawed_back,
    contract.POINTS_ADJUSTED.type: _points_adjusted,
    contract.POINTS_EXCHANGED.type: _points_exchanged,
    contract.TOP_UP_RECEIVED.type: _top_up_received,
    contract.TOP_UP_REVERSED.type: _top_up_reversed,
    contract.ACCOUNT_WAS_FROZEN.type: _account_frozen,
    contract.ACCOUNT_WAS_UNFROZEN.type: _account_unfrozen,
    contract.POINTS_EXPIRING.type: _points_expiring,
    contract.POINTS_EXPIRED.type: _points_expired,
}
