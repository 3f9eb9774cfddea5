"""The steps of reservations of goods to come: a quota is taken at once, real units when they are there."""

from collections.abc import Mapping
from dataclasses import replace

from services.catalog.contract import PRESALE_REVOKED, STOCK_ALLOTTED
from services.catalog.domain.allocation import allocate
from services.catalog.domain.composition import units_by_element
from services.catalog.domain.presales import OPEN, check_left, check_open
from services.catalog.storage.levels import Cause, move_units
from services.catalog.storage.locks import lock_levels
from services.catalog.storage.presales import (
    allot_quota,
    give_back_quota,
    locked_presales,
    mark_told,
    note_presales,
    pieces_of_presales,
    revoked_of,
    take_quota,
)
from services.catalog.storage.reservations import destination_of, move, parts_of, write_lines
from services.catalog.usecases.limiting import give_back_limits
from services.catalog.usecases.serving_places import terms_of
from services.chassis.data.work import Work


def hold_of_presales(work: Work, order_id: str, wanted: Mapping[tuple[str, str], int]) -> None:
    """Take pieces by (pre-sale, SKU) for an opened reservation: all or a refusal."""
    pieces = {presale_id: many for (presale_id, _), many in wanted.items()}
    presales = locked_presales(work, pieces)
    check_open(presales, wanted, work.now)
    check_left(presales, pieces)
    note_presales(work, order_id, pieces)
    take_quota(work, order_id, len(pieces))


def hold_of_presales_again(work: Work, order_id: str) -> None:
    """Of a reservation that had timed out: also when the pre-sale is over, as long as something is left."""
    pieces = pieces_of_presales(work, order_id)
    check_left(locked_presales(work, pieces), pieces)
    take_quota(work, order_id, len(pieces))


def promise_held(work: Work, order_id: str) -> bool:
    """What was held is sold, and still to come. False if it was not held."""
    if move(work, order_id, "promise") is None:
        return False
    tell_if_revoked(work, order_id)  # who told it before may have been too early for the order
    return True


def allot_promised(work: Work, order_id: str) -> bool:
    """Real units leave the stock for an order that waits for them; refuses if there are too few. False if the order
    does not wait any more, or in vain. Needs the lock of the reservation."""
    presales = locked_presales(work, pieces_of_presales(work, order_id))
    if any(one.status != OPEN for one in presales.values()):
        return False
    version = move(work, order_id, "allot")
    if version is None:
        return False
    allot_quota(work, order_id)
    parts, terms = parts_of(work, order_id), terms_of(work, destination_of(work, order_id))
    levels = [replace(level, owed=0) for level in lock_levels(work, units_by_element(parts))]  # it is owed to this one
    portions = allocate(parts, levels, terms)
    write_lines(work, order_id, portions)
    move_units(work, portions, Cause("committed", -1, "pre-sale allotted", order_id, order_id))
    units = sum(portion.quantity for portion in portions)
    work.emit(STOCK_ALLOTTED, order_id, {"order_id": order_id, "units": units}, version)
    return True


def renounce_promised(work: Work, order_id: str, reason: str) -> bool:
    """The order gives up what it waits for. False if it does not wait."""
    if move(work, order_id, "renounce", reason) is None:
        return False
    give_back_limits(work, order_id)
    give_back_quota(work, order_id)
    return True


def tell_if_revoked(work: Work, order_id: str) -> None:
    """An order that holds or was promised something of a cancelled pre-sale; it gives that up itself."""
    revoked = revoked_of(work, order_id)
    if revoked is not None:
        mark_told(work, order_id)
        work.emit(PRESALE_REVOKED, order_id, {"order_id": order_id, **revoked._mapping}, 1)
