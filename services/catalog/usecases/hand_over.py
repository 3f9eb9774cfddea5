"""Goods at the counter of a business hall: handed over once, to whoever has the code; or not any more."""

from functools import partial
from typing import Any

import sqlalchemy as sa

from services.catalog import contract
from services.catalog.domain.reservations import COMMITTED, EXPIRED, HELD, WAITING, Stage
from services.catalog.storage.locks import lock_reservation
from services.catalog.storage.pick_ups import close_pick_up, find_pick_up, goods_waiting, pick_up_by_code, waiting_in
from services.catalog.storage.reservations import move, open_tombstone
from services.catalog.usecases.at_counter import named_at_counter
from services.catalog.usecases.reservation_steps import hand_over_waiting, release_held
from services.catalog.usecases.waiting import call_off_waiting
from services.chassis.data.work import Work, Works
from services.chassis.refusal import Refused
from services.chassis.schemas import to_wire

Answer = dict[str, Any]


def find_waiting(works: Works, request: dict[str, Any]) -> Answer:
    """What waits for whoever has this code; a wrong one costs a try."""
    found = works.run(_look_up, request)
    if isinstance(found, Refused):
        raise found
    return found


def hand_over_goods(work: Work, request: dict[str, Any]) -> Answer | Refused:
    named = _named(work, request)
    if isinstance(named, Refused):
        return named
    if not hand_over_waiting(work, named.order_id):
        raise LookupError(f"{named.order_id} has a code that waits and a reservation that does not")
    close_pick_up(work, named.order_id, "collected", request["key_id"])
    data = {name: getattr(named, name) for name in ("order_id", "member_id", "place_id")}
    work.emit(
        contract.PICK_UP_COLLECTED, named.order_id, {**data, "key_id": request["key_id"], "collected_at": work.now}
    )
    return _shown(work, named, work.now)


def stop_hand_over(work: Work, request: dict[str, Any]) -> Answer:
    """Asked by orders before it gives anything of a confirmed one back. A stop that comes before the order was heard of
    bars it."""
    order_id, reason, units = request["order_id"], request["reason"], 0
    if not open_tombstone(work, order_id, reason):
        status = lock_reservation(work, order_id)
        if status == COMMITTED:
            raise collected_before(find_pick_up(work, order_id))
        if status == WAITING:
            units = call_off_waiting(work, order_id, reason)
        elif status == HELD:
            units = release_held(work, order_id, "release", reason, Stage.CONFIRMED) or 0
        elif status == EXPIRED:
            move(work, order_id, "bury", reason)
    return {"order_id": order_id, "units": units}


def list_waiting(work: Work, request: dict[str, Any]) -> Answer:
    rows = waiting_in(work, request)
    goods = goods_waiting(work, [row["order_id"] for row in rows])
    return {"waiting": [{**row, "collected_at": None, "goods": goods[row["order_id"]]} for row in rows]}


def _look_up(work: Work, request: dict[str, Any]) -> Answer | Refused:
    named = _named(work, request)
    return named if isinstance(named, Refused) else _shown(work, named, None)


def _named(work: Work, request: dict[str, Any]) -> sa.Row | Refused:
    """What waits under the code, with its reservation locked; raises for what is not waiting any more."""
    code = "".join(request["code"].split())
    named = named_at_counter(work, request["key_id"], partial(_locked, work, request["place_id"], code))
    if isinstance(named, Refused) or named.state == "waiting":
        return named
    if named.state == "collected":
        raise collected_before(named)
    raise Refused(contract.PICK_UP_CALLED_OFF, "the order was called off", called_off_at=to_wire(named.changed_at))


def _locked(work: Work, place_id: str, code: str) -> sa.Row | None:
    found = pick_up_by_code(work, place_id, code)
    if found is None:
        return None
    lock_reservation(work, found.order_id)
    return find_pick_up(work, found.order_id)


def collected_before(pick_up: sa.Row | None) -> Refused:
    """With when and where, if it is known."""
    told = {"collected_at": to_wire(pick_up.changed_at), "counter": pick_up.key_id} if pick_up else {}
    return Refused(contract.COLLECTED_BEFORE, "the goods were handed over before", **told)


def _shown(work: Work, pick_up: sa.Row, collected_at: Any) -> Answer:
    """The contract's Waiting."""
    goods = goods_waiting(work, [pick_up.order_id])[pick_up.order_id]
    order = {"order_id": pick_up.order_id, "order_no": pick_up.order_id[-8:].upper()}
    return {**order, "prepared_at": pick_up.prepared_at, "collected_at": collected_at, "goods": goods}
