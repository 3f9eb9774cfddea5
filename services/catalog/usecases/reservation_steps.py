"""The steps that reservations are made of. Each moves counters only if its status change hit."""

from collections.abc import Sequence

from services.catalog.contract import CODE, CODES_ISSUED, STOCK_COMMITTED, STOCK_RELEASED
from services.catalog.domain.allocation import allocate
from services.catalog.domain.codes import last_day
from services.catalog.domain.composition import WantedPart, units_by_element
from services.catalog.domain.flash_sales import without_owed
from services.catalog.domain.parcels import Portion
from services.catalog.domain.places import Destination
from services.catalog.domain.reservations import COMMITTED, PROMISED, WAITING, Stage
from services.catalog.domain.withholding import not_back
from services.catalog.storage.codes import code_elements_among, codes_of, issue_codes
from services.catalog.storage.levels import Cause, move_units, reserve_units, unreserve_units
from services.catalog.storage.locks import lock_levels
from services.catalog.storage.presales import give_back_quota
from services.catalog.storage.reservations import lines_of, mark_codes_handed_over, move, parts_of, write_lines
from services.catalog.storage.withheld import units_back
from services.catalog.usecases.flash_steps import Pieces, return_tickets
from services.catalog.usecases.limiting import give_back_limits
from services.catalog.usecases.presale_steps import promise_held
from services.catalog.usecases.serving_places import terms_of
from services.catalog.usecases.set_aside import let_go_for_order, set_aside_again
from services.chassis.data.work import Work


def hold(
    work: Work, order_id: str, parts: Sequence[WantedPart], to: Destination, sold: Pieces | None = None
) -> list[Portion]:
    """Promise ``parts`` to an opened reservation: all or a refusal. Where they come from. What flash sales sold of
    them, pieces by (sale, SKU), is set aside already."""
    terms = terms_of(work, to)  # before anything is locked
    freed = let_go_for_order(work, sold, to) if sold else {}
    levels = lock_levels(work, units_by_element(parts))
    portions = allocate(parts, without_owed(levels, freed) if freed else levels, terms)
    reserve_units(work, portions)
    write_lines(work, order_id, portions)
    return sorted(portions)


def commit_held(work: Work, order_id: str, parts: Sequence[WantedPart]) -> str | None:
    """What was held, ``parts``, leaves the stock, codes by being issued; what is still to come is promised, what its
    buyer comes for waits. The status from now on; None if nothing was held."""
    version = move(work, order_id, "commit")
    if version is None:
        if promise_held(work, order_id):
            return PROMISED
        return WAITING if move(work, order_id, "prepare") else None
    portions = _locked_portions(work, order_id)
    move_units(work, portions, Cause("committed", -1, "order confirmed", order_id, order_id, from_reserved=True))
    _issue_codes(work, order_id, [part for part in parts if part.delivery == CODE])
    work.emit(STOCK_COMMITTED, order_id, {"order_id": order_id, "units": units_of(portions)}, version)
    return COMMITTED


def release_held(work: Work, order_id: str, event: str, reason: str, stage: Stage) -> int | None:
    """Give up what was held, by ``event`` release or expire, or call off what waited. Units given up; None if there was
    nothing of the kind."""
    version = move(work, order_id, event, reason)
    if version is None:
        return None
    give_back_limits(work, order_id)
    returned = return_tickets(work, order_id, stage)
    portions = _locked_portions(work, order_id)
    if portions:
        unreserve_units(work, portions)
        set_aside_again(work, returned, portions)
    else:
        give_back_quota(work, order_id)
    return _tell_released(work, order_id, portions, version)


def hand_over_waiting(work: Work, order_id: str) -> bool:
    """What waited in a hall leaves the stock with its buyer. False if it did not wait."""
    version = move(work, order_id, "hand_over")
    if version is None:
        return False
    portions = _locked_portions(work, order_id)
    move_units(work, portions, Cause("picked_up", -1, "picked up", order_id, order_id, from_reserved=True))
    work.emit(STOCK_COMMITTED, order_id, {"order_id": order_id, "units": units_of(portions)}, version)
    return True


def take_back_committed(work: Work, order_id: str, reason: str) -> int | None:
    """What a cancelled order had committed returns to stock, but what did before; issued codes do not. None if nothing
    was committed."""
    version = move(work, order_id, "take_back", reason)
    if version is None:
        return None
    give_back_limits(work, order_id)
    give_back_quota(work, order_id, was_allotted=True)
    codes = {part.element_id for part in parts_of(work, order_id) if part.delivery == CODE}
    gone = not_back(_locked_portions(work, order_id), units_back(work, order_id))
    portions = [portion for portion in gone if portion.element_id not in codes]
    move_units(work, portions, Cause("returned", +1, reason, order_id, order_id))
    return _tell_released(work, order_id, portions, version)


def hand_over_codes(work: Work, order_id: str, member_id: str) -> None:
    """Tell, once, which codes the buyer got."""
    codes = codes_of(work, order_id)
    version = mark_codes_handed_over(work, order_id, member_id) if codes else None
    if version is not None:
        work.emit(CODES_ISSUED, order_id, {"order_id": order_id, "member_id": member_id, "codes": codes}, version)


def units_of(portions: Sequence[Portion]) -> int:
    return sum(portion.quantity for portion in portions)


def _locked_portions(work: Work, order_id: str) -> list[Portion]:
    portions = lines_of(work, order_id)
    lock_levels(work, [portion.element_id for portion in portions])
    return portions


def _issue_codes(work: Work, order_id: str, by_code: Sequence[WantedPart]) -> None:
    made = code_elements_among(work, [part.element_id for part in by_code]) if by_code else {}
    for part in by_code:
        issue_codes(work, order_id, part, last_day(work.now, made[part.element_id].codes_valid_days))


def _tell_released(work: Work, order_id: str, portions: Sequence[Portion], version: int) -> int:
    units = units_of(portions)
    work.emit(STOCK_RELEASED, order_id, {"order_id": order_id, "units": units}, version)
    return units
