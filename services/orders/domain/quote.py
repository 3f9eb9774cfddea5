"""A quote that explains itself: for every line which price was taken and why, lane by lane; then what is to be paid by
which means."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.orders.contract import BULK_PRICE, LANES, LIST_PRICE, MEMBER_PRICE, ON_DELIVERY, PROVIDERS
from services.orders.domain.split import UNITS

Line = Mapping[str, Any]
Amounts = dict[str, int]
COSTS = tuple(UNITS.values())


def explained(quote: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The contract's ExplainedLines. What the lanes say of a piece sums to its unit price, unit by unit."""
    return [_explained(line_no, line) for line_no, line in enumerate(quote["lines"], start=1)]


def tenders(quote: Mapping[str, Any], available: Mapping[str, int] | None) -> list[dict[str, Any]]:
    """The contract's QuotedTenders; ``available`` is what the member has, None if nobody knows."""
    due = {kind: quote.get(unit, 0) for kind, unit in UNITS.items()}
    return [
        {"kind": kind, "amount": amount, "available": (available or {}).get(kind)}
        for kind, amount in due.items()
        if amount
    ]


def payment_providers(quote: Mapping[str, Any], against_on_delivery: Sequence[str]) -> list[dict[str, Any]]:
    """The contract's OfferedProviders: who can take the cash of this quote."""
    if not quote["cash_fen"]:
        return []
    against = dict.fromkeys(PROVIDERS, ()) | {ON_DELIVERY: tuple(against_on_delivery)}
    return [{"provider": name, "is_offered": not reasons, "reasons": reasons} for name, reasons in against.items()]


def _explained(line_no: int, line: Line) -> dict[str, Any]:
    lanes = [{"lane": lane, **_PRICED_BY[lane](line)} for lane in LANES]
    taken = _taken(line)
    return {
        "line_no": line_no,
        "price_id": line["price_id"],
        "quantity": line["quantity"],
        "least_tier": taken.get("least_tier", "registered"),
        "segment": taken.get("segment"),
        "lanes": [lane for lane in lanes if any(lane[unit] for unit in COSTS)],
        **{unit: line.get(unit, 0) for unit in COSTS},
        "choices": line.get("choices", []),
        "other_prices": line.get("other_prices", []),
    }


def _unit_price(line: Line) -> Amounts:
    return {unit: line.get(f"unit_{unit}", 0) for unit in COSTS}


def _taken(line: Line) -> Line:
    """The price for a piece alone that was chosen; nothing, of quotes of before there were choices."""
    return next((price for price in line.get("choices", []) if price["price_id"] == line["price_id"]), {})


def _piece_price(line: Line) -> Amounts:
    """What a piece costs this member that is not bought in bulk."""
    taken = _taken(line)
    return {unit: taken.get(unit, 0) for unit in COSTS} if line.get("bulk") else _unit_price(line)


def _list_price(line: Line) -> Amounts:
    """What everybody pays in this way; if it is not for everybody, what those pay who may."""
    plain = line.get("list_price")
    return {unit: plain[unit] for unit in COSTS} if plain else _piece_price(line)


def _less(paid: Amounts, before: Amounts) -> Amounts:
    return {unit: paid[unit] - before[unit] for unit in COSTS}


def _member_price(line: Line) -> Amounts:
    return _less(_piece_price(line), _list_price(line))


def _bulk_price(line: Line) -> Amounts:
    return _less(_unit_price(line), _piece_price(line))


# In the order in which they apply; each says what a piece costs more or less by it.
_PRICED_BY: dict[str, Callable[[Line], Amounts]] = {
    LIST_PRICE: _list_price,
    MEMBER_PRICE: _member_price,
    BULK_PRICE: _bulk_price,
}
