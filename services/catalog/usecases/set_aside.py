"""Pieces of flash sales are set aside from the stock, and let go: for an order that has a ticket, or for anybody."""

from collections import Counter
from collections.abc import Mapping, Sequence

from services.catalog.domain.allocation import Terms, allocate
from services.catalog.domain.composition import Part, WantedPart, parts_wanted, units_by_element
from services.catalog.domain.flash_sales import all_of
from services.catalog.domain.parcels import Level, Portion
from services.catalog.domain.places import NOWHERE, Destination
from services.catalog.storage.flash_sales import parts_of_sale
from services.catalog.storage.flash_stock import keep_units, kept_for, let_go_units
from services.catalog.storage.locks import lock_levels
from services.catalog.usecases.serving_places import terms_of
from services.chassis.data.work import Work
from services.chassis.refusal import Refused


def set_aside(work: Work, sale_id: str, sku_id: str, pieces: int) -> None:
    """Refuses if so many are not free: a sale promises only what nobody else can take."""
    if pieces > 0:
        parts, terms = _parts(work, sale_id, sku_id, pieces), terms_of(work, NOWHERE)  # before anything is locked
        keep_units(work, sale_id, allocate(parts, lock_levels(work, units_by_element(parts)), terms))


def let_go(work: Work, sale_id: str, sku_id: str, pieces: int) -> None:
    """What the sale does not promise any more anybody may buy."""
    if pieces > 0:
        units = units_by_element(_parts(work, sale_id, sku_id, pieces))
        lock_levels(work, units)
        let_go_units(work, sale_id, all_of(kept_for(work, sale_id), units))


def let_go_for_order(work: Work, sold: Mapping[tuple[str, str], int], to: Destination) -> dict[str, int]:
    """Units by element that sales had set aside and that one order takes now; ``sold``: pieces by (sale, SKU)."""
    terms = terms_of(work, to)  # before anything is locked
    wanted = {sale_id: _parts(work, sale_id, sku_id, pieces) for (sale_id, sku_id), pieces in sorted(sold.items())}
    lock_levels(work, {part.element_id for parts in wanted.values() for part in parts})
    freed: Counter[str] = Counter()
    for sale_id, parts in wanted.items():
        let_go_units(work, sale_id, _nearest(parts, kept_for(work, sale_id), terms))
        freed.update(units_by_element(parts))
    return dict(freed)


def set_aside_again(work: Work, returned: Mapping[tuple[str, str], int], freed: Sequence[Portion]) -> None:
    """Of the units that an order has just given up, the ones that its sales had let go for it: where they lie."""
    rest = list(freed)
    for (sale_id, sku_id), pieces in sorted(returned.items()):
        kept = all_of(rest, units_by_element(_parts(work, sale_id, sku_id, pieces)))
        keep_units(work, sale_id, kept)
        gone = {(one.element_id, one.place_id): one.quantity for one in kept}
        rest = [
            Portion(one.element_id, one.place_id, one.quantity - gone.get((one.element_id, one.place_id), 0))
            for one in rest
        ]


def compositions_of_sales(work: Work, sales: Mapping[str, str]) -> dict[str, list[Part]]:
    """By SKU, as they were when the sales (SKUs by sale) were set up: that is what is set aside."""
    return {sku_id: parts_of_sale(work, sale_id) for sale_id, sku_id in sales.items()}


def _parts(work: Work, sale_id: str, sku_id: str, pieces: int) -> list[WantedPart]:
    return parts_wanted({sku_id: pieces}, {sku_id: parts_of_sale(work, sale_id)})


def _nearest(parts: Sequence[WantedPart], kept: Sequence[Portion], terms: Terms) -> list[Portion]:
    """Of what is set aside, what lies best for the order; from anywhere, if nothing of it may serve the order."""
    try:
        return allocate(parts, [Level(one.element_id, one.place_id, one.quantity) for one in kept], terms)
    except Refused:
        return all_of(kept, units_by_element(parts))
