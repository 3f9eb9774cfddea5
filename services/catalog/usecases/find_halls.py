"""Halls in which a basket can be picked up: open ones that have all of it, the nearest first."""

from collections import Counter
from typing import Any

from services.catalog.contract import HALL
from services.catalog.domain.composition import merged, parts_wanted, units_by_element
from services.catalog.domain.places import Point, distance_km
from services.catalog.storage.compositions import compositions_of
from services.catalog.storage.levels import free_units
from services.catalog.storage.places import places_named
from services.catalog.storage.sites import OpenPlace, find_city, open_places
from services.chassis.data.work import Work


def find_halls(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Nothing is promised: when the order is placed somebody else may have been faster."""
    pieces, city = merged(request["lines"]), request["destination"]
    wanted = units_by_element(parts_wanted(pieces, compositions_of(work, pieces)))
    to = find_city(work, city["province"], city["city"]) if city else None
    halls = [place for place in open_places(work) if place.kind == HALL]
    free = Counter(free_units(work, list(wanted)))
    able = [hall for hall in halls if all(free[hall.place_id, e] >= units for e, units in wanted.items())]
    far = {hall.place_id: _km(hall, to) for hall in able}
    nearest = sorted(able, key=lambda hall: (far[hall.place_id] is None, far[hall.place_id] or 0))
    names = places_named(work, [hall.place_id for hall in nearest[: request["limit"]]])
    return {"halls": [{**names[hall.place_id], "km": far[hall.place_id]} for hall in nearest[: request["limit"]]]}


def _km(hall: OpenPlace, to: Point | None) -> int | None:
    return distance_km(hall.at, to) if hall.at and to else None
