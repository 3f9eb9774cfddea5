"""Which places may serve an order, and how far from its buyer they are."""

from collections.abc import Mapping
from typing import Any

from services.catalog.contract import HALL, PLACE_CLOSED, PLACE_UNKNOWN, WAREHOUSE
from services.catalog.domain.allocation import Terms
from services.catalog.domain.parcels import Site, Weights
from services.catalog.domain.places import Destination, Point, distance_km
from services.catalog.storage.allocation_policies import policy_in_force
from services.catalog.storage.sites import OpenPlace, find_city, open_places
from services.catalog.usecases.set_place_state import known_place
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def destination_of(work: Work, asked: Mapping[str, Any]) -> Destination:
    """Of a request; a hall, if one is named, must be one."""
    hall, address = asked.get("hall"), asked.get("destination") or {}
    if hall and known_place(work, hall)["kind"] != HALL:
        raise Refused(PLACE_UNKNOWN, "nothing is picked up at a warehouse", place_id=hall)
    return Destination(address.get("province"), address.get("city"), hall, asked.get("waits", False))


def terms_of(work: Work, destination: Destination) -> Terms:
    """What is delivered comes from open warehouses. What is picked up lies in the hall, or, unless it waits there, is
    sent there if the policy says so."""
    policy, places = policy_in_force(work), open_places(work)
    weights = Weights(
        policy.strategy, policy.parcel_weight, policy.distance_weight, policy.priority_weight, policy.stock_weight
    )
    warehouses = [place for place in places if place.kind == WAREHOUSE]
    if destination.hall is None:
        city, province = destination.city, destination.province
        to = find_city(work, province, city) if province and city else None
        return Terms(_sites(warehouses, to, policy.unknown_km), weights)
    hall = _open_hall(work, places, destination.hall)
    is_supplied = policy.supplies_halls and not destination.waits
    suppliers = _sites(warehouses, hall.at, policy.unknown_km) if is_supplied else []
    return Terms([Site(hall.place_id, 0, hall.priority, is_counter=True), *suppliers], weights)


def _open_hall(work: Work, places: list[OpenPlace], hall: str) -> OpenPlace:
    for place in places:
        if place.place_id == hall:
            return place
    raise Refused(PLACE_CLOSED, "the hall is closed", place_id=hall)


def _sites(places: list[OpenPlace], to: Point | None, unknown_km: int) -> list[Site]:
    """If nobody knows where the order goes, everything is as near."""
    return [
        Site(
            place.place_id,
            0 if to is None else unknown_km if place.at is None else distance_km(place.at, to),
            place.priority,
        )
        for place in places
    ]
