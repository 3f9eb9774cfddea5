"""Bring in places where stock lies, and where cities are: what exists is updated, what is not named stays."""

from typing import Any

from services.catalog.domain.places import check_places
from services.catalog.storage.places import kinds_of, save_localities, tell_place
from services.chassis.data.work import Work


def import_places(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """The same import again changes nothing. A place that is closed promises nothing new; its stock stays."""
    places = sorted(request["places"], key=lambda place: place["place_id"])
    check_places(places, kinds_of(work, [place["place_id"] for place in places]))
    save_localities(work, request["localities"])
    changed = sum(tell_place(work, place["place_id"], place, request["reason"]) for place in places)
    return {"places": len(places), "localities": len(request["localities"]), "changed": changed}
