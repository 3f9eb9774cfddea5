"""Pieces of order lines, by number, with the share of every tender that was frozen for each of them. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.refusal import Refused
from services.orders import contract
from services.orders.domain.split import UNITS

Place = tuple[int, int]  # number of the line, number of the piece


@dataclass(frozen=True)
class Unit:
    line_no: int
    unit_no: int
    points: int
    coins: int
    cash_fen: int

    @property
    def place(self) -> Place:
        return self.line_no, self.unit_no


def all_units(lines: Iterable[Mapping[str, Any]]) -> list[Unit]:
    """Of lines as they are stored."""
    return [
        Unit(line["line_no"], number + 1, *(line[f"unit_{column}"][number] for column in UNITS.values()))
        for line in lines
        for number in range(line["quantity"])
    ]


def units_asked(lines: Sequence[Mapping[str, Any]], asked: Sequence[Mapping[str, Any]]) -> list[Unit]:
    """Each piece once, in order; refuses pieces that there are not, and a piece that is named twice."""
    known = {unit.place: unit for unit in all_units(lines)}
    places = [(line["line_no"], number) for line in asked for number in line["units"]]
    wrong = [place for place, times in Counter(places).items() if times > 1 or place not in known]
    if wrong:
        raise Refused(contract.CASE_UNITS_WRONG, "no such pieces, or named twice", units=[list(p) for p in wrong])
    return [known[place] for place in sorted(places)]


def require_free(units: Iterable[Unit], taken: Collection[Place]) -> None:
    """A piece is in one case at a time, and in none any more once it was given back."""
    if gone := [list(unit.place) for unit in units if unit.place in taken]:
        raise Refused(contract.CASE_UNITS_TAKEN, "these pieces are in another case or given back", units=gone)


def worth(units: Iterable[Any]) -> dict[str, int]:
    """By kind of tender, what the pieces (units, or rows that look like them) were sold for."""
    held = list(units)
    return {kind: sum(getattr(unit, column) for unit in held) for kind, column in UNITS.items()}


def by_line(units: Iterable[Any]) -> list[dict[str, Any]]:
    """[{line_no, units}], as contracts name pieces."""
    numbers: dict[int, list[int]] = {}
    for unit in sorted(units, key=lambda unit: (unit.line_no, unit.unit_no)):
        numbers.setdefault(unit.line_no, []).append(unit.unit_no)
    return [{"line_no": line_no, "units": pieces} for line_no, pieces in numbers.items()]


def elements_of(lines: Iterable[Mapping[str, Any]], units: Iterable[Any]) -> list[dict[str, Any]]:
    """[{element_id, quantity}]: what is carried of these pieces, by element."""
    parts = {line["line_no"]: line["parts"] for line in lines}
    wanted: Counter[str] = Counter()
    for unit in units:
        for part in parts[unit.line_no]:
            if part["delivery"] == contract.PARCEL:
                wanted[part["element_id"]] += part["quantity"]
    return [{"element_id": element_id, "quantity": wanted[element_id]} for element_id in sorted(wanted)]


def carried_by_line(lines: Iterable[Mapping[str, Any]], units: Iterable[Any]) -> list[dict[str, Any]]:
    """[{line_no, quantity}] of the pieces of which something is carried."""
    carried = {line["line_no"] for line in lines if any(part["delivery"] == contract.PARCEL for part in line["parts"])}
    pieces = Counter(unit.line_no for unit in units if unit.line_no in carried)
    return [{"line_no": line_no, "quantity": pieces[line_no]} for line_no in sorted(pieces)]


def pieces_by_sku(lines: Iterable[Mapping[str, Any]], units: Iterable[Any]) -> list[dict[str, Any]]:
    """[{sku_id, pieces}]"""
    sku_of = {line["line_no"]: line["sku_id"] for line in lines}
    pieces = Counter(sku_of[unit.line_no] for unit in units)
    return [{"sku_id": sku_id, "pieces": pieces[sku_id]} for sku_id in sorted(pieces)]
