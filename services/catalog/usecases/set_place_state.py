"""Open or close a place; a closed one promises nothing new, what it promised before is kept."""

from typing import Any

from services.catalog.contract import PLACE_CLOSED, PLACE_UNKNOWN
from services.catalog.storage.places import OPEN, find_place, tell_place
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def set_place_state(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The contract's Place, as it is now."""
    place = known_place(work, request["place_id"])
    tell_place(work, request["place_id"], {**place, "state": request["state"]}, request["reason"])
    return known_place(work, request["place_id"])


def known_place(work: Work, place_id: str) -> dict[str, Any]:
    place = find_place(work, place_id)
    if place is None:
        raise Refused(PLACE_UNKNOWN, "there is no such place", place_id=place_id)
    return place


def open_place(work: Work, place_id: str) -> dict[str, Any]:
    """Refuses a place that is closed: nothing comes to it."""
    place = known_place(work, place_id)
    if place["state"] != OPEN:
        raise Refused(PLACE_CLOSED, "the place is closed", place_id=place_id)
    return place
