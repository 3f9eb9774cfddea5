"""Open places with where they are, and where cities are."""

from dataclasses import dataclass

import sqlalchemy as sa

from services.catalog.domain.places import Point, middle
from services.catalog.storage.places import OPEN
from services.catalog.storage.tables import locality, place
from services.chassis.data.planned import Planned
from services.chassis.data.work import Work

_CITY = sa.and_(locality.c.province == place.c.province, locality.c.city == place.c.city)
_OPEN_PLACES = Planned(
    "open_places",
    sa.select(
        *(place.c[name] for name in ("place_id", "kind", "priority")),
        *(sa.func.coalesce(place.c[name], locality.c[name]).label(name) for name in ("latitude_e6", "longitude_e6")),
    )
    .outerjoin(locality, _CITY)
    .where(place.c.state == OPEN)
    .order_by(place.c.priority, place.c.place_id),
)
_CITIES = Planned(
    "cities_of",
    sa.select(locality.c.city, locality.c.latitude_e6, locality.c.longitude_e6)
    .where(locality.c.province == sa.bindparam("province"))
    .order_by(locality.c.city),
)


@dataclass(frozen=True)
class OpenPlace:
    """``at`` is None if nobody said where it is."""

    place_id: str
    kind: str
    priority: int
    at: Point | None


def open_places(work: Work) -> list[OpenPlace]:
    """In the order of use."""
    return [
        OpenPlace(row.place_id, row.kind, row.priority, _point(row.latitude_e6, row.longitude_e6))
        for row in work.execute(_OPEN_PLACES)
    ]


def find_city(work: Work, province: str, city: str) -> Point | None:
    """Of a city that is not known, the middle of its province; None if that is not known either."""
    rows = work.execute(_CITIES, {"province": province}).all()
    cities = {row.city: Point(row.latitude_e6, row.longitude_e6) for row in rows}
    return cities.get(city) or middle(list(cities.values()))


def _point(latitude_e6: int | None, longitude_e6: int | None) -> Point | None:
    return None if latitude_e6 is None or longitude_e6 is None else Point(latitude_e6, longitude_e6)
