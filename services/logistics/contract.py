"""The published language of logistics: carriers, shipments, and what carriers tell us."""

from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import Record, Request, choice, flag, identifier, instant, integer, listed, text

SERVICE = "logistics"

# The field's vocabulary of tracking states (as in karrio and AfterShip).
STATUSES = (
    "pending",
    "dispatched",
    "picked_up",
    "in_transit",
    "out_for_delivery",
    "delivered",
    "delivery_failed",
    "returned",
    "lost",
    "damaged",
    "cancelled",
)

LARGEST_BASKET = 50  # lines of an order

# Rejection codes
CARRIER_UNKNOWN = "carrier.unknown"
SIGNATURE_INVALID = "callback.signature_invalid"
CALLBACK_TOO_OLD = "callback.too_old"
CALLBACK_MALFORMED = "callback.malformed"
HANDED_OVER = "shipment.already_handed_over"
PIECES_NOT_THERE = "shipment.pieces_not_there"  # no shipment of the order has so many of them


class Address(Record):
    """A delivery address in China; ``phone`` is what the carrier calls."""

    name = text(40)
    phone = text(20)
    province = text(40)
    city = text(40)
    district = text(40)
    street = text(200)


class StopDispatch(Request):
    request_id = text(80)
    order_id = identifier("ord")
    reason = text(80)


class DispatchStopped(Record):
    order_id = identifier("ord")
    shipments = integer()


class WithheldLine(Request):
    """``quantity`` pieces of a line of the order."""

    line_no = integer(1)
    quantity = integer(1)


class WithholdPieces(Request):
    """Some pieces of an order must not ship; all that are named, or none."""

    request_id = text(80)
    order_id = identifier("ord")
    lines = listed(WithheldLine, shortest=1, longest=LARGEST_BASKET)
    reason = text(80)


class PiecesWithheld(Record):
    """``shipments``: how many go on without them, or not at all."""

    order_id = identifier("ord")
    shipments = integer()


class RecordCarrierCallback(Request):
    """A callback as it came over HTTP: Standard Webhooks headers and the raw body, verified here."""

    carrier = text(40)
    webhook_id = text(200)
    webhook_timestamp = text(40)
    webhook_signature = text(1000)
    body = text(65_536)


class CallbackRecorded(Record):
    """``parked``: genuine, but of a waybill not known (yet); it is applied when the waybill appears."""

    outcome = choice("applied", "duplicate", "ignored", "parked")


class OfOrder(Request):
    order_id = identifier("ord")


class Scan(Record):
    status = choice(*STATUSES)
    location = text(120, allow_none=True)
    remark = text(200, allow_none=True)
    occurred_at = instant()


class Shipment(Record):
    shipment_id = identifier("shp")
    order_id = identifier("ord")
    carrier = text(40, allow_none=True)
    carrier_name_zh = text(80, allow_none=True)
    carrier_name_en = text(80, allow_none=True)
    waybill_no = text(60, allow_none=True)
    status = choice(*STATUSES)
    estimated_delivery_on = text(10, allow_none=True)
    scans = listed(Scan)


class Shipments(Record):
    shipments = listed(Shipment)


class PutCarrier(Request):
    """A carrier is configuration. ``secret_name`` names a secret, ``coverage`` lists provinces (empty: all).
    ``collects_cash`` null: as before; a new carrier does."""

    request_id = text(80)
    code = text(40)
    name_zh = text(80)
    name_en = text(80)
    adapter = choice("open_parcel")
    endpoint = text(300)
    secret_name = text(80)
    coverage = listed(text(40), longest=40)
    first_fen = integer()
    priority = integer(0, 1000)
    is_active = flag()
    collects_cash = flag(allow_none=True)
    actor = text(80)


class Carrier(Record):
    code = text(40)
    name_zh = text(80)
    name_en = text(80)
    adapter = text(40)
    is_active = flag()
    collects_cash = flag(load_default=True)
    priority = integer()


class Carriers(Record):
    carriers = listed(Carrier)


class CheckCollection(Request):
    province = text(40)


class Collection(Record):
    """``is_offered``: some carrier in service covers the province and collects cash at the door."""

    is_offered = flag()


class Nothing(Request):
    """A request without fields."""


STOP_DISPATCH = Command(SERVICE, "stop_dispatch", StopDispatch, DispatchStopped, refuses=(HANDED_OVER,))
WITHHOLD_PIECES = Command(
    SERVICE, "withhold_pieces", WithholdPieces, PiecesWithheld, refuses=(HANDED_OVER, PIECES_NOT_THERE)
)
RECORD_CARRIER_CALLBACK = Command(
    SERVICE,
    "record_carrier_callback",
    RecordCarrierCallback,
    CallbackRecorded,
    refuses=(CARRIER_UNKNOWN, SIGNATURE_INVALID, CALLBACK_TOO_OLD, CALLBACK_MALFORMED),
)
LIST_SHIPMENTS = Query(SERVICE, "list_shipments", OfOrder, Shipments)
PUT_CARRIER = Command(SERVICE, "put_carrier", PutCarrier, Carrier)
CHECK_COLLECTION = Query(SERVICE, "check_collection", CheckCollection, Collection)
LIST_CARRIERS = Query(SERVICE, "list_carriers", Nothing, Carriers)


class ShipmentData(Record):
    shipment_id = identifier("shp")
    order_id = identifier("ord")
    member_id = identifier("mbr")
    carrier = text(40)
    carrier_name_zh = text(80)
    carrier_name_en = text(80)
    waybill_no = text(60)
    status = choice(*STATUSES)
    line_nos = listed(integer(1), shortest=1)


class DispatchedData(ShipmentData):
    estimated_delivery_on = text(10, allow_none=True)


class MovedData(ShipmentData):
    location = text(120, allow_none=True)
    occurred_at = instant()


class DeliveredData(MovedData):
    """``collected_fen`` is the cash that the carrier says it has collected; told again if the carrier corrects it."""

    signed_by = text(80, allow_none=True)
    collected_fen = integer(allow_none=True)


SHIPMENT_DISPATCHED = Event(SERVICE, "shipment.dispatched.v1", DispatchedData)
SHIPMENT_MOVED = Event(SERVICE, "shipment.moved.v1", MovedData)
SHIPMENT_DELIVERED = Event(SERVICE, "shipment.delivered.v1", DeliveredData)
