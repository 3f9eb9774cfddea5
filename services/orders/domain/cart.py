"""What a cart shows: each line with what it costs now and why it cannot be had, by merchant."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.orders.domain.quote import explained
from services.orders.domain.split import UNITS

COSTS = tuple(UNITS.values())
_STORED = ("sku_id", "price_id", "quantity", "is_chosen", "version", "put_at", "changed_at")
Line = Mapping[str, Any]


def stored_line(row: Line) -> dict[str, Any]:
    """The contract's CartLine."""
    return {**{name: row[name] for name in _STORED}, "seen": {unit: row[f"seen_{unit}"] for unit in COSTS}}


def checked_cart(rows: Sequence[Line], checked: Sequence[Line], version: int) -> dict[str, Any]:
    """The contract's Cart; ``checked`` is what catalog says of each row, in the same order."""
    merchants: dict[str, list[dict[str, Any]]] = {}
    for row, found in zip(rows, checked, strict=True):
        merchants.setdefault(row["merchant_id"], []).append(_checked_line(row, found))
    shown = [{"merchant_id": who, "lines": lines, **_total(lines)} for who, lines in merchants.items()]
    return {"version": version, "merchants": shown, **{unit: sum(one[unit] for one in shown) for unit in COSTS}}


def _checked_line(row: Line, found: Line) -> dict[str, Any]:
    """Names of what is not offered any more are those of when it was put in."""
    line, quoted = stored_line(row), found["quoted"]
    names = {name: (quoted or row)[name] for name in ("goods_id", "name_zh", "name_en")}
    costs = {unit: quoted.get(f"unit_{unit}", 0) for unit in COSTS} if quoted else None
    return {
        **line,
        **names,
        "why_not": found["why_not"],
        "at_most": found["at_most"],
        "costs": costs,
        "is_price_changed": costs is not None and costs != line["seen"],
        "explained": explained({"lines": [quoted]})[0] if quoted else None,
    }


def _total(lines: Sequence[Line]) -> dict[str, int]:
    bought = [line for line in lines if line["is_chosen"] and line["why_not"] is None]
    return {unit: sum(line["costs"][unit] * line["quantity"] for line in bought) for unit in COSTS}
