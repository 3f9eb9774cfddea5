"""Orders that are picked up: prepared in a hall, collected there, their members reminded. In any order, twice, late."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.contract import Event
from services.chassis.data.work import ReceivedEvent, Work, Works
from services.chassis.ids import derived_id
from services.orders import contract
from services.orders.storage.locks import lock_known_order, lock_order
from services.orders.storage.pick_ups import note_collected, note_prepared, pick_ups_of
from services.orders.storage.terms import terms_in_force
from services.orders.storage.writes import add_fact
from services.orders.usecases.move_order import move_on
from services.orders.usecases.order_facts import facts_about
from services.orders.usecases.plan_order import plan_of
from services.orders.usecases.record_fulfilment import OVER, follow_fulfilment
from services.orders.usecases.unknown_order import note_unknown_order

STEP = "hand_over"


def record_prepared(work: Work, event: ReceivedEvent) -> None:
    """From now on the goods wait, as long as the terms of now say: whoever hears of it late has as many days."""
    order, data = lock_order(work, event.data["order_id"]), event.data
    if order is None:
        note_unknown_order(event)
        return
    waits = {"prepared_at": data["prepared_at"], "fetch_by": terms_in_force(work).fetch_by(work.now)}
    told = {name: data[name] for name in ("name_zh", "name_en", "code")}
    if not note_prepared(work, order.order_id, {**told, **waits}):
        return
    place = {"place_id": data["place_id"], "name_zh": data["name_zh"], "name_en": data["name_en"]}
    is_ignored = order.status in OVER
    add_fact(work, order.order_id, "pick_up.prepared", data["prepared_at"], **place, is_ignored=is_ignored)
    order = move_on(work, order)
    if order.status == "confirmed":
        _tell(work, contract.ORDER_PREPARED, order, "once")


def record_collected(work: Work, event: ReceivedEvent) -> None:
    order = lock_order(work, event.data["order_id"])
    if order is None:
        note_unknown_order(event)
        return
    note_hand_over(work, order, event.data["collected_at"], event.data["key_id"])


def note_hand_over(work: Work, order: sa.Row, at: datetime, key_id: str | None) -> bool:
    """False if it was known. The order is as its new fulfilment has it."""
    if not note_collected(work, order.order_id, {"collected_at": at, "key_id": key_id}):
        return False
    add_fact(work, order.order_id, "pick_up.collected", at, key_id=key_id, is_ignored=order.status in OVER)
    follow_fulfilment(work, order, at)
    return True


def remind_to_fetch(works: Works, order_id: str) -> None:
    """The member is told once more, as often as the step's policy says."""
    works.run(_remind, {"order_id": order_id})


def _remind(work: Work, request: dict[str, Any]) -> None:
    order = lock_known_order(work, request["order_id"])
    step = plan_of(order)[STEP]
    if step.state == "doing" and not facts_about(work, order).is_collected:
        add_fact(work, order.order_id, "fetching.reminded")
        _tell(work, contract.FETCHING_REMINDED, order, str(step.tries))


def _tell(work: Work, event: Event, order: sa.Row, which: str) -> None:
    waiting = pick_ups_of(work, [order.order_id]).get(order.order_id)
    if waiting is None or waiting.code is None:
        return
    told = {name: getattr(waiting, name) for name in ("name_zh", "name_en", "code", "fetch_by")}
    data = {"order_id": order.order_id, "member_id": order.member_id, "place_id": order.pick_up_at, **told}
    work.emit(event, order.order_id, data, order.version, derived_id("evt", order.order_id, event.type, which))
