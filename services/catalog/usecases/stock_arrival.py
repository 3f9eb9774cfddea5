"""Units that come in from outside; of an element that is delivered by code each unit is a new code."""

from collections.abc import Mapping

from services.catalog.domain.allocation import Portion
from services.catalog.domain.codes import RandomBytes, new_code
from services.catalog.storage.codes import add_codes, code_elements_among
from services.catalog.storage.levels import Cause, move_units, open_levels, receiving_warehouse
from services.catalog.storage.locks import lock_levels
from services.chassis.data.work import Work


def open_stock(work: Work, units: Mapping[str, int], random_bytes: RandomBytes) -> None:
    """The opening stock by element, once: elements that have stock rows already keep what they have."""
    new = open_levels(work, list(units), receiving_warehouse(work))
    arrived = {element_id: units[element_id] for element_id in sorted(new) if units[element_id]}
    take_in(work, arrived, Cause("received", +1, "opening stock"), random_bytes)


def take_in(work: Work, units: Mapping[str, int], cause: Cause, random_bytes: RandomBytes) -> None:
    place = receiving_warehouse(work)
    lock_levels(work, units)
    move_units(work, [Portion(element_id, place, quantity) for element_id, quantity in units.items()], cause)
    for element_id in code_elements_among(work, list(units)):
        add_codes(work, element_id, [new_code(random_bytes) for _ in range(units[element_id])])
