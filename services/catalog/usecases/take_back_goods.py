"""Goods of an order that came back and can be sold again."""

from services.catalog.domain.parcels import Portion
from services.catalog.storage.levels import Cause, move_units, open_levels
from services.catalog.storage.locks import lock_levels
from services.catalog.storage.places import receiving_warehouse
from services.chassis.data.work import ReceivedEvent, Work


def take_back_goods(work: Work, event: ReceivedEvent) -> None:
    """They are where whoever received them says, else at the warehouse that is used first; once for each case."""
    place = event.data["place_id"] or receiving_warehouse(work)
    units = {told["element_id"]: told["quantity"] for told in event.data["elements"]}
    open_levels(work, list(units), place)
    lock_levels(work, units)
    portions = [Portion(element_id, place, quantity) for element_id, quantity in sorted(units.items())]
    move_units(work, portions, Cause("returned", +1, event.type, event.data["case_id"], event.data["order_id"]))
