"""Units that come in from outside; of virtual goods each unit is a new code."""

from collections.abc import Mapping

from services.catalog.domain.allocation import Portion
from services.catalog.domain.codes import RandomBytes, new_code
from services.catalog.storage.codes import add_codes, virtual_skus_among
from services.catalog.storage.levels import Cause, move_units, open_levels, receiving_warehouse
from services.catalog.storage.locks import lock_levels
from services.chassis.data.work import Work


def open_stock(work: Work, units: Mapping[str, int], random_bytes: RandomBytes) -> None:
    """The opening stock by SKU, once: SKUs that have stock rows already keep what they have."""
    new = open_levels(work, list(units), receiving_warehouse(work))
    arrived = {sku_id: units[sku_id] for sku_id in sorted(new) if units[sku_id]}
    take_in(work, arrived, Cause("received", +1, "opening stock"), random_bytes)


def take_in(work: Work, units: Mapping[str, int], cause: Cause, random_bytes: RandomBytes) -> None:
    place = receiving_warehouse(work)
    lock_levels(work, units)
    move_units(work, [Portion(sku_id, place, quantity) for sku_id, quantity in units.items()], cause)
    for sku_id in virtual_skus_among(work, list(units)):
        add_codes(work, sku_id, [new_code(random_bytes) for _ in range(units[sku_id])])
