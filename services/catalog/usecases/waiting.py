"""Goods that wait in a hall for their buyer: told of once they are ready, called off."""

from services.catalog.contract import PICK_UP_PREPARED
from services.catalog.domain.codes import RandomBytes, new_pick_up_code
from services.catalog.domain.reservations import WAITING, Stage
from services.catalog.storage.pick_ups import close_pick_up, find_pick_up, open_pick_up
from services.catalog.storage.places import find_place
from services.catalog.storage.reservations import destination_of, find_reservation
from services.catalog.usecases.reservation_steps import release_held
from services.chassis.data.work import Work

CODES_TRIED = 20


class NoCodeLeft(RuntimeError):
    """The hall has so many orders waiting that none of many new codes was free: a fault, nothing is committed."""


def tell_prepared(work: Work, order_id: str, member_id: str, random_bytes: RandomBytes) -> None:
    """Once: the code with which the buyer gets what waits now. Nothing for what does not wait."""
    reservation = find_reservation(work, order_id)
    if reservation is None or reservation.status != WAITING or find_pick_up(work, order_id):
        return
    hall = find_place(work, destination_of(work, order_id).hall or "")
    if hall is None:
        raise LookupError(f"{order_id} waits in no place")
    code = _take_code(work, order_id, hall["place_id"], member_id, random_bytes)
    told = {name: hall[name] for name in ("place_id", "name_zh", "name_en")}
    data = {"order_id": order_id, "member_id": member_id, **told, "code": code, "prepared_at": work.now}
    work.emit(PICK_UP_PREPARED, order_id, data, reservation.version)


def call_off_waiting(work: Work, order_id: str, reason: str) -> int:
    """Units that are free again. Its reservation is locked."""
    units = release_held(work, order_id, "call_off", reason, Stage.CONFIRMED) or 0
    close_pick_up(work, order_id, "called_off")
    return units


def _take_code(work: Work, order_id: str, place_id: str, member_id: str, random_bytes: RandomBytes) -> str:
    """No two orders that wait in one hall have the same one."""
    for _ in range(CODES_TRIED):
        code = new_pick_up_code(random_bytes)
        if open_pick_up(work, order_id, place_id, member_id, code):
            return code
    raise NoCodeLeft(place_id)
