"""Finding orders: a member among the own ones, people of operations among all, with everything on record of one."""

from marshmallow import fields

from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, flag, identifier, instant, integer, listed, text
from services.orders.contract.orders import OfOrder, Order, TimelineEntry
from services.orders.contract.vocabulary import (
    APPROVAL_NOT_AWAITED,
    AWAITED,
    CURSOR_INVALID,
    FULFILMENT_STATUSES,
    LARGEST_PAGE,
    NOT_CANCELLABLE,
    ORDER_UNKNOWN,
    OWN_APPROVAL,
    PAYMENT_STATUSES,
    PAYMENT_WAYS,
    PROVIDERS,
    SERVICE,
    STATUSES,
    STEP_NOT_OPEN,
    TENDERS,
)

MOVES = ("ask", "done", "call_off", "parcel_lost")


class OrdersWanted(Request):
    """What is null does not matter. The newest come first."""

    status = choice(*STATUSES, allow_none=True)
    payment_status = choice(*PAYMENT_STATUSES, allow_none=True)
    fulfilment_status = choice(*FULFILMENT_STATUSES, allow_none=True)
    placed_from = instant(allow_none=True)
    placed_before = instant(allow_none=True)
    limit = integer(1, LARGEST_PAGE, load_default=20)
    cursor = text(200, allow_none=True)


class ListOrders(OrdersWanted):
    """Those of one member. ``words`` are looked for in the names of the goods."""

    member_id = identifier("mbr")
    words = text(60, allow_none=True)


class FindOrders(OrdersWanted):
    """Those of everybody. ``trade_no`` is a provider's number of a payment or a refund."""

    member_id = identifier("mbr", allow_none=True)
    merchant_id = identifier("mer", allow_none=True)
    sku_id = identifier("sku", allow_none=True)
    waybill_no = text(60, allow_none=True)
    trade_no = text(80, allow_none=True)
    is_stuck = flag(allow_none=True)
    awaits = choice(*AWAITED, allow_none=True)


class OrderPage(Record):
    orders = listed(Order)
    next_cursor = text(200, allow_none=True)


class OrderFound(Order):
    """``stuck_step`` is the one that takes too long; somebody has to look."""

    stuck_step = text(40, allow_none=True)


class OrdersFound(Record):
    orders = listed(OrderFound)
    next_cursor = text(200, allow_none=True)


class StepOfOrder(Record):
    """``tries``: how often somebody was asked about it; ``problem``: what came of that last."""

    step = text(40)
    after = listed(text(40))
    state = text(20)
    since = instant(allow_none=True)
    due_at = instant(allow_none=True)
    stuck_at = instant(allow_none=True)
    tries = integer(load_default=0)
    problem = text(500, allow_none=True)


class TenderOfOrder(Record):
    """Points, coins or fen, as ``kind`` has it."""

    kind = choice(*TENDERS)
    provider = text(20, allow_none=True)
    due = integer()
    held = integer()
    captured = integer()
    refunded = integer()
    voided = integer()


class TenderEventOfOrder(Record):
    kind = choice(*TENDERS)
    op = text(20)
    outcome = text(20)
    amount = integer()
    reference = text(80)
    provider_ref = text(80, allow_none=True)
    recorded_at = instant()
    actor = text(80)


class PaymentOfOrder(Record):
    payment_id = identifier("pay")
    provider = choice(*PAYMENT_WAYS)
    amount_fen = integer(1)
    status = text(20)
    provider_trade_no = text(80, allow_none=True)
    started_at = instant()


class NoticeOfOrder(Record):
    provider = choice(*PROVIDERS)
    notify_id = text(200)
    payment_id = identifier("pay")
    outcome = text(40)
    received_at = instant()


class RefundOfOrder(Record):
    refund_id = identifier("rfd")
    amount_fen = integer(1)
    status = text(20)
    attempts = integer()
    problem = text(500, allow_none=True)


class OrderRecord(Record):
    """Everything on record of one order."""

    order = fields.Nested(OrderFound, required=True)
    steps = listed(StepOfOrder)
    tenders = listed(TenderOfOrder)
    tender_events = listed(TenderEventOfOrder)
    payments = listed(PaymentOfOrder)
    notices = listed(NoticeOfOrder)
    refunds = listed(RefundOfOrder)
    timeline = listed(TimelineEntry)


class MoveOrder(Request):
    """``step``: the stuck one, if it is null. ``ask``: whoever has to do it is asked again; ``done``: it counts as
    done, which no step that moves money does by anybody's word; ``call_off``: the order turns back;
    ``parcel_lost``: goods that were to be paid at the door count as lost on their way, which calls it off."""

    request_id = text(80)
    order_id = identifier("ord")
    move = choice(*MOVES)
    step = text(40, allow_none=True)
    reason = text(200)


class ReplayOrder(Request):
    request_id = text(80)
    order_id = identifier("ord")
    reason = text(200)


class OrderReplayed(Record):
    """The types of the events that were told again."""

    order_id = identifier("ord")
    told = listed(text(60))


class DecideOrder(Request):
    """Said of a bulk order; the reason stays with it."""

    request_id = text(80)
    order_id = identifier("ord")
    reason = text(200)


LIST_ORDERS = Query(SERVICE, "list_orders", ListOrders, OrderPage, refuses=(CURSOR_INVALID,))
FIND_ORDERS = Query(SERVICE, "find_orders", FindOrders, OrdersFound, refuses=(CURSOR_INVALID,))
GET_ORDER_RECORD = Query(SERVICE, "get_order_record", OfOrder, OrderRecord, refuses=(ORDER_UNKNOWN,))
MOVE_ORDER = Command(
    SERVICE, "move_order", MoveOrder, OrderFound, refuses=(ORDER_UNKNOWN, STEP_NOT_OPEN, NOT_CANCELLABLE)
)
REPLAY_ORDER = Command(SERVICE, "replay_order", ReplayOrder, OrderReplayed, refuses=(ORDER_UNKNOWN,))
_NOT_DECIDED = (ORDER_UNKNOWN, APPROVAL_NOT_AWAITED, OWN_APPROVAL)
APPROVE_ORDER = Command(SERVICE, "approve_order", DecideOrder, OrderFound, refuses=_NOT_DECIDED)
REFUSE_ORDER = Command(SERVICE, "refuse_order", DecideOrder, OrderFound, refuses=_NOT_DECIDED)
