"""From the lines of an order to the parcels that carry them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.orders.contract import PARCEL


@dataclass(frozen=True)
class Parcel:
    """What one merchant sends for one order; ``lines``: [{"line_no", "name_zh", "quantity"}]; ``cash_fen``: what they
    cost in cash."""

    merchant_id: str
    lines: tuple[dict[str, Any], ...]
    cash_fen: int


def parcels_of(lines: Iterable[dict[str, Any]]) -> list[Parcel]:
    """One parcel a merchant, in order of first appearance; what comes by code alone is not carried."""
    by_merchant: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        if is_carried(line):
            by_merchant.setdefault(line["merchant_id"], []).append(line)
    return [_parcel(merchant, carried) for merchant, carried in by_merchant.items()]


def _parcel(merchant_id: str, lines: list[dict[str, Any]]) -> Parcel:
    return Parcel(merchant_id, tuple(_content(line) for line in lines), sum(line["cash_fen"] for line in lines))


def is_carried(line: dict[str, Any]) -> bool:
    """Lines of before there were parts say only the kind."""
    if parts := line["parts"]:
        return any(part["delivery"] == PARCEL for part in parts)
    return bool(line["kind"] == "physical")


def _content(line: dict[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("line_no", "name_zh", "quantity")}


class PiecesNotThere(Exception):
    """More is to be left out than a parcel has."""


def without(lines: Iterable[dict[str, Any]], pieces: Mapping[int, int]) -> list[dict[str, Any]]:
    """Lines of a parcel when so many ``pieces``, by number of the line, are left out; lines without any left are not
    there any more. Raises PiecesNotThere."""
    left = [{**line, "quantity": line["quantity"] - pieces.get(line["line_no"], 0)} for line in lines]
    if wrong := [line["line_no"] for line in left if line["quantity"] < 0]:
        raise PiecesNotThere(f"lines {wrong} have fewer pieces")
    return [line for line in left if line["quantity"]]


def parcels_without(parcels: Iterable[Parcel], pieces: Mapping[int, int]) -> list[Parcel]:
    """Those that have something left."""
    left = [replace(parcel, lines=tuple(without(parcel.lines, pieces))) for parcel in parcels]
    return [parcel for parcel in left if parcel.lines]
