"""Units that come in from outside; of an element that is delivered by code each unit is a new code."""

from collections.abc import Mapping

from services.catalog.contract import CODES_OF_PARTNER, PARTNER_CODES
from services.catalog.domain.codes import RandomBytes, new_code
from services.catalog.domain.parcels import Portion
from services.catalog.storage.codes import add_codes, code_elements_among
from services.catalog.storage.levels import Cause, elements_without_levels, move_units, open_levels
from services.catalog.storage.locks import lock_levels
from services.catalog.storage.places import receiving_warehouse
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def open_stock(work: Work, units: Mapping[str, int], random_bytes: RandomBytes) -> None:
    """The opening stock by element, once: elements that have stock somewhere already keep what they have. The caller
    has just written the elements, so nobody else opens their stock now."""
    new, place = elements_without_levels(work, list(units)), receiving_warehouse(work)
    open_levels(work, new, place)
    arrived = {element_id: units[element_id] for element_id in new if units[element_id]}
    take_in(work, place, arrived, Cause("received", +1, "opening stock", "opening stock"), random_bytes)


def take_in(work: Work, place_id: str, units: Mapping[str, int], cause: Cause, random_bytes: RandomBytes) -> None:
    """Refuses codes that a partner makes: nobody here may invent their numbers."""
    by_code = code_elements_among(work, list(units))
    if partners := sorted(element_id for element_id, made in by_code.items() if made.codes_of == PARTNER_CODES):
        raise Refused(CODES_OF_PARTNER, "codes of partners are imported", element_ids=partners)
    open_levels(work, list(units), place_id)
    lock_levels(work, units)
    move_units(work, [Portion(element_id, place_id, quantity) for element_id, quantity in units.items()], cause)
    for element_id in by_code:
        add_codes(work, element_id, [new_code(random_bytes) for _ in range(units[element_id])])
