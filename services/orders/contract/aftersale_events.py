"""What orders tells the others of cases after the sale."""

from services.chassis.contract import Event
from services.chassis.schemas import Record, choice, identifier, integer, listed, text
from services.orders.contract.aftersale import LARGEST_CASE, UnitsOfLine
from services.orders.contract.vocabulary import CASE_KINDS, DECISIONS, SERVICE


class CaseData(Record):
    case_id = identifier("cas")
    order_id = identifier("ord")
    member_id = identifier("mbr")
    merchant_id = identifier("mer")
    kind = choice(*CASE_KINDS)


class CaseOpenedData(CaseData):
    reason = text(80)
    lines = listed(UnitsOfLine, shortest=1)


class CaseDecidedData(CaseData):
    decision = choice(*DECISIONS)
    because = text(200)


class CaseDisputedData(CaseData):
    note = text(500)


class ReturnedElement(Record):
    """``quantity`` units of the element can be sold again."""

    element_id = identifier("elm")
    quantity = integer(1)


class GoodsReceivedData(CaseData):
    """``place_id`` null: where goods arrive if nobody says otherwise."""

    place_id = identifier("whs", allow_none=True)
    elements = listed(ReturnedElement, longest=LARGEST_CASE)


class PiecesOfSku(Record):
    sku_id = identifier("sku")
    pieces = integer(1)


class CaseRefundedData(CaseData):
    """All of it is back with the member: points, coins, and fen of the cash that was paid. ``pieces``: what was paid
    for, by SKU."""

    points = integer()
    coins = integer()
    cash_fen = integer()
    lines = listed(UnitsOfLine, shortest=1)
    pieces = listed(PiecesOfSku, load_default=list)


class CaseClosedData(CaseData):
    """Nothing more comes of it, unless the member disputes it."""

    outcome = choice("refunded", "replaced", "rejected", "withdrawn")
    replaced_by = identifier("ord", allow_none=True)


CASE_OPENED = Event(SERVICE, "aftersale.opened.v1", CaseOpenedData)
CASE_DECIDED = Event(SERVICE, "aftersale.decided.v1", CaseDecidedData)
CASE_DISPUTED = Event(SERVICE, "aftersale.disputed.v1", CaseDisputedData)
GOODS_RECEIVED = Event(SERVICE, "aftersale.goods_received.v1", GoodsReceivedData)
CASE_REFUNDED = Event(SERVICE, "aftersale.refunded.v1", CaseRefundedData)
CASE_CLOSED = Event(SERVICE, "aftersale.closed.v1", CaseClosedData)
