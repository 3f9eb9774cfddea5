"""What orders tells the others: the life of an order and of its payment."""

from services.chassis.contract import Event
from services.chassis.schemas import Record, choice, flag, identifier, instant, integer, listed, nested, text
from services.orders.contract.orders import DeliveryAddress, OrderLine
from services.orders.contract.vocabulary import PAYMENT_WAYS, SERVICE


class OrderData(Record):
    order_id = identifier("ord")
    member_id = identifier("mbr")
    points = integer()
    cash_fen = integer()
    coins = integer(load_default=0)
    lines = listed(OrderLine, shortest=1)


class OrderPlacedData(OrderData):
    """``pay_by`` is null while it has to be approved first, until ``approve_by``."""

    pay_by = instant(allow_none=True)
    approve_by = instant(allow_none=True)


class OrderApprovedData(OrderData):
    """``pay_by`` is null if there is nothing to pay in cash."""

    pay_by = instant(allow_none=True)


class OrderConfirmedData(OrderData):
    """``delivery_address`` is null when nothing has to be carried. Of an order that is paid on delivery the carrier
    collects the cash of the lines that it carries. ``waits_for_goods``: nothing is sent before
    ``order.allotted.v1``."""

    delivery_address = nested(DeliveryAddress, allow_none=True)
    pick_up_at = identifier("whs", allow_none=True)
    confirmed_at = instant()
    is_paid_on_delivery = flag(load_default=False)
    waits_for_goods = flag(load_default=False)


class OrderPreparedData(Record):
    """The goods wait in a business hall until ``fetch_by`` for whoever shows the code there."""

    order_id = identifier("ord")
    member_id = identifier("mbr")
    place_id = identifier("whs")
    name_zh = text(80)
    name_en = text(80)
    code = text(20)
    fetch_by = instant()


class OrderEndedData(Record):
    """``are_goods_lost``: a carrier has lost or damaged all that was sent, so nothing of it goes back to stock."""

    order_id = identifier("ord")
    member_id = identifier("mbr")
    points = integer()
    cash_fen = integer()
    coins = integer(load_default=0)
    reason = text(80)
    are_goods_lost = flag(load_default=False)


class OrderCompletedData(Record):
    order_id = identifier("ord")
    member_id = identifier("mbr")
    points = integer()
    cash_fen = integer()
    coins = integer(load_default=0)


class PaymentData(Record):
    order_id = identifier("ord")
    member_id = identifier("mbr")
    payment_id = identifier("pay")
    provider = choice(*PAYMENT_WAYS)
    amount_fen = integer(1)


ORDER_PLACED = Event(SERVICE, "order.placed.v1", OrderPlacedData)
ORDER_APPROVED = Event(SERVICE, "order.approved.v1", OrderApprovedData)
ORDER_CONFIRMED = Event(SERVICE, "order.confirmed.v1", OrderConfirmedData)
ORDER_ALLOTTED = Event(SERVICE, "order.allotted.v1", OrderConfirmedData)  # its goods are there: they may be sent
ORDER_PREPARED = Event(SERVICE, "order.prepared.v1", OrderPreparedData)
FETCHING_REMINDED = Event(SERVICE, "fetching.reminded.v1", OrderPreparedData)
ORDER_CLOSED = Event(SERVICE, "order.closed.v1", OrderEndedData)
ORDER_CANCELLED = Event(SERVICE, "order.cancelled.v1", OrderEndedData)
ORDER_COMPLETED = Event(SERVICE, "order.completed.v1", OrderCompletedData)
PAYMENT_CAPTURED = Event(SERVICE, "payment.captured.v1", PaymentData)
PAYMENT_REFUNDED = Event(SERVICE, "payment.refunded.v1", PaymentData)
