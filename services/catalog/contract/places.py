"""Places where stock lies: warehouses and business halls, and where cities are."""

from services.catalog.contract.vocabulary import PLACE_STATES, PLACE_UNKNOWN, PLACES, PLACES_INCONSISTENT, SERVICE
from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, text

LARGEST_IMPORT = 1000


class Locality(Request):
    """A city by the names of delivery addresses; degrees x 1,000,000."""

    province = text(40)
    city = text(40)
    latitude_e6 = integer(-90_000_000, 90_000_000)
    longitude_e6 = integer(-180_000_000, 180_000_000)


class NewPlace(Request):
    """The whole of one place. ``kind`` never changes. Without coordinates of its own it is where its city is.

    What is delivered comes from open warehouses, what is picked up lies in an open hall; ``priority``: the smaller, the
    sooner it is used.
    """

    place_id = identifier("whs")
    kind = choice(*PLACES)
    name_zh = text(80)
    name_en = text(80)
    province = text(40)
    city = text(40)
    latitude_e6 = integer(-90_000_000, 90_000_000, allow_none=True)
    longitude_e6 = integer(-180_000_000, 180_000_000, allow_none=True)
    priority = integer(0, 1_000_000)
    state = choice(*PLACE_STATES, load_default="open")


class ImportPlaces(Request):
    """Places and cities; what exists is updated, what is not named stays."""

    request_id = text(80)
    reason = text(200)
    places = listed(NewPlace, longest=LARGEST_IMPORT)
    localities = listed(Locality, longest=LARGEST_IMPORT)


class PlacesImported(Record):
    """``changed`` of the ``places`` were not so before."""

    places = integer()
    localities = integer()
    changed = integer()


class SetPlaceState(Request):
    request_id = text(80)
    place_id = identifier("whs")
    state = choice(*PLACE_STATES)
    reason = text(200)


class Place(Record):
    """A place that was never told where it is has no province and city."""

    place_id = identifier("whs")
    kind = choice(*PLACES)
    name_zh = text(80)
    name_en = text(80)
    province = text(40, allow_none=True)
    city = text(40, allow_none=True)
    latitude_e6 = integer(-90_000_000, 90_000_000, allow_none=True)
    longitude_e6 = integer(-180_000_000, 180_000_000, allow_none=True)
    priority = integer()
    state = choice(*PLACE_STATES)
    version = integer(1)
    changed_by = text(80)
    changed_at = instant()
    reason = text(200)


class ListPlaces(Request):
    kind = choice(*PLACES, allow_none=True)


class AllPlaces(Record):
    """In the order of use."""

    places = listed(Place)


IMPORT_PLACES = Command(
    SERVICE, "import_places", ImportPlaces, PlacesImported, refuses=(PLACES_INCONSISTENT,), timeout_s=20
)
SET_PLACE_STATE = Command(SERVICE, "set_place_state", SetPlaceState, Place, refuses=(PLACE_UNKNOWN,))
LIST_PLACES = Query(SERVICE, "list_places", ListPlaces, AllPlaces)
