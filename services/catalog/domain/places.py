"""Where stock may be sent from, and how far that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import asin, cos, hypot, radians, sin
from typing import Any

from services.catalog.contract import PLACES_INCONSISTENT
from services.chassis.refusal import Refused

EARTH_KM = 6371.0088  # the mean radius
MICRO = 1_000_000


@dataclass(frozen=True)
class Point:
    """Degrees x 1,000,000."""

    latitude_e6: int
    longitude_e6: int


@dataclass(frozen=True)
class Destination:
    """Where an order goes: to a city, by the names of its address, or to a hall that its buyer comes to; if it
    ``waits`` there, all of it comes from there."""

    province: str | None = None
    city: str | None = None
    hall: str | None = None
    waits: bool = False


NOWHERE = Destination()


def distance_km(one: Point, other: Point) -> int:
    """Along the great circle (haversine), rounded to a kilometre."""
    here, there = _radians(one), _radians(other)
    half = hypot(sin((there[0] - here[0]) / 2), sin((there[1] - here[1]) / 2) * (cos(here[0]) * cos(there[0])) ** 0.5)
    return round(2 * EARTH_KM * asin(min(1.0, half)))


def middle(points: Sequence[Point]) -> Point | None:
    """Of the known cities of a province, for a city that is not known."""
    if not points:
        return None
    latitude, longitude = (sum(point[axis] for point in map(_pair, points)) // len(points) for axis in (0, 1))
    return Point(latitude, longitude)


def check_places(places: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> None:
    """Refuses what an import says twice or half, and a place that would become another kind; ``kinds`` are stored."""
    ids = [place["place_id"] for place in places]
    if twice := sorted({place_id for place_id in ids if ids.count(place_id) > 1}):
        raise Refused(PLACES_INCONSISTENT, "a place is named twice", place_ids=twice)
    half = [place["place_id"] for place in places if (place["latitude_e6"] is None) != (place["longitude_e6"] is None)]
    if half:
        raise Refused(PLACES_INCONSISTENT, "a coordinate is missing", place_ids=half)
    changed = [one["place_id"] for one in places if kinds.get(one["place_id"], one["kind"]) != one["kind"]]
    if changed:
        raise Refused(PLACES_INCONSISTENT, "the kind of a place cannot change", place_ids=changed)


def _radians(point: Point) -> tuple[float, float]:
    return radians(point.latitude_e6 / MICRO), radians(point.longitude_e6 / MICRO)


def _pair(point: Point) -> tuple[int, int]:
    return point.latitude_e6, point.longitude_e6
