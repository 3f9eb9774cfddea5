"""Orders that are picked up in business halls: which halls have what is wanted, and what happens at their counters."""

from services.catalog.contract.stock import City, StockLine, StockOfOrder
from services.catalog.contract.vocabulary import (
    CODE_UNKNOWN,
    COLLECTED_BEFORE,
    COUNTER_LOCKED,
    GOODS_UNKNOWN,
    LARGEST_BASKET,
    PICK_UP_CALLED_OFF,
    SERVICE,
)
from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import Record, Request, identifier, instant, integer, listed, nested, text

LARGEST_PAGE_OF_WAITING = 100


class FindHalls(Request):
    """Open halls in which all of the basket lies, the nearest to ``destination`` first; without one, in the order of
    use."""

    lines = listed(StockLine, shortest=1, longest=LARGEST_BASKET)
    destination = nested(City, allow_none=True)
    limit = integer(1, 100, load_default=20)


class Hall(Record):
    """``km`` is null if nobody knows where the hall or the destination is."""

    place_id = identifier("whs")
    name_zh = text(80)
    name_en = text(80)
    province = text(40, allow_none=True)
    city = text(40, allow_none=True)
    km = integer(allow_none=True)


class Halls(Record):
    halls = listed(Hall)


class FindWaiting(Request):
    """``key_id`` is the staff key of the counter: a wrong code costs it a try."""

    place_id = identifier("whs")
    key_id = identifier("stk")
    code = text(20)


class HandOverGoods(FindWaiting):
    request_id = text(80)


class GoodsWaiting(Record):
    element_id = identifier("elm")
    name_zh = text(200)
    name_en = text(200)
    quantity = integer(1)


class Waiting(Record):
    """An order in a hall; never its code, which only its buyer has. ``order_no`` is the end of the order's number."""

    order_id = identifier("ord")
    order_no = text(8)
    prepared_at = instant()
    collected_at = instant(allow_none=True)
    goods = listed(GoodsWaiting)


class ListWaiting(Request):
    """The longest waiting first; ``after`` is the last order of the page before."""

    place_id = identifier("whs")
    after = identifier("ord", allow_none=True)
    limit = integer(1, LARGEST_PAGE_OF_WAITING, load_default=20)


class AllWaiting(Record):
    waiting = listed(Waiting)


class StopHandOver(Request):
    """Nothing of the order is handed over from now on; refused if it was."""

    request_id = text(80)
    order_id = identifier("ord")
    reason = text(80)


class PickUpPreparedData(Record):
    """The goods of the order wait in the hall for whoever has the code."""

    order_id = identifier("ord")
    member_id = identifier("mbr")
    place_id = identifier("whs")
    name_zh = text(80)
    name_en = text(80)
    code = text(20)
    prepared_at = instant()


class PickUpCollectedData(Record):
    order_id = identifier("ord")
    member_id = identifier("mbr")
    place_id = identifier("whs")
    key_id = identifier("stk")
    collected_at = instant()


_AT_COUNTER = (CODE_UNKNOWN, COUNTER_LOCKED, COLLECTED_BEFORE, PICK_UP_CALLED_OFF)
FIND_HALLS = Query(SERVICE, "find_halls", FindHalls, Halls, refuses=(GOODS_UNKNOWN,))
FIND_WAITING = Query(SERVICE, "find_waiting", FindWaiting, Waiting, refuses=_AT_COUNTER)
HAND_OVER_GOODS = Command(SERVICE, "hand_over_goods", HandOverGoods, Waiting, refuses=_AT_COUNTER)
LIST_WAITING = Query(SERVICE, "list_waiting", ListWaiting, AllWaiting)
STOP_HAND_OVER = Command(SERVICE, "stop_hand_over", StopHandOver, StockOfOrder, refuses=(COLLECTED_BEFORE,))
PICK_UP_PREPARED = Event(SERVICE, "pick_up.prepared.v1", PickUpPreparedData)
PICK_UP_COLLECTED = Event(SERVICE, "pick_up.collected.v1", PickUpCollectedData)
