"""After the sale: cases about units of an order, from the wish to the money or the goods that come of it."""

from services.chassis.contract import Command, Query
from services.chassis.schemas import Record, Request, choice, flag, identifier, instant, integer, listed, nested, text
from services.orders.contract.orders import DeliveryAddress
from services.orders.contract.vocabulary import (
    CASE_CODES_HANDED_OVER,
    CASE_KINDS,
    CASE_NOT_OFFERED,
    CASE_NOT_THERE,
    CASE_PLACE_WRONG,
    CASE_REASON_UNKNOWN,
    CASE_STATUSES,
    CASE_UNITS_TAKEN,
    CASE_UNITS_WRONG,
    CASE_UNKNOWN,
    CASE_WINDOW_OVER,
    CASES_OFFERED,
    LARGEST_BASKET,
    LARGEST_BULK,
    LARGEST_PAGE,
    LARGEST_QUANTITY,
    ORDER_UNKNOWN,
    SERVICE,
    TEMPORARILY_UNAVAILABLE,
)

LARGEST_CASE = LARGEST_BASKET * LARGEST_QUANTITY
CASE_MOVES = ("ask", "done", "reject", "refund")


class UnitsOfLine(Request):
    """Which pieces of a line, by number: a line of three has 1, 2 and 3."""

    line_no = integer(1)
    units = listed(integer(1, LARGEST_BULK), shortest=1, longest=LARGEST_BULK)


class OpenCase(Request):
    request_id = text(80)
    member_id = identifier("mbr")
    order_id = identifier("ord")
    kind = choice(*CASES_OFFERED)
    lines = listed(UnitsOfLine, shortest=1, longest=LARGEST_BASKET)
    reason = text(40)
    note = text(500, allow_none=True)


class CancelPieces(Request):
    """Of a confirmed order, before they are on their way; ``member_id`` null: operations does it, whose order it is
    does not matter."""

    request_id = text(80)
    member_id = identifier("mbr", allow_none=True)
    order_id = identifier("ord")
    lines = listed(UnitsOfLine, shortest=1, longest=LARGEST_BASKET)
    reason = text(80)


class UnitOfCase(Record):
    """``points``, ``coins``, ``cash_fen``: what the piece was sold for; ``verdict`` is of goods that came back."""

    line_no = integer(1)
    unit_no = integer(1)
    points = integer()
    coins = integer()
    cash_fen = integer()
    verdict = choice("accepted", "rejected", allow_none=True)
    is_given_back = flag()


class Case(Record):
    """``points``, ``coins`` and ``cash_fen``: what was given back, or is being given back. ``due_at``: when the mall
    goes on by itself, or gives up waiting. ``return_address`` is where the goods are sent. Members are told
    ``mall`` as ``decided_by``."""

    case_id = identifier("cas")
    order_id = identifier("ord")
    member_id = identifier("mbr")
    merchant_id = identifier("mer")
    kind = choice(*CASE_KINDS)
    status = choice(*CASE_STATUSES)
    reason = text(80)
    note = text(500, allow_none=True)
    units = listed(UnitOfCase, longest=LARGEST_CASE)
    points = integer()
    coins = integer()
    cash_fen = integer()
    decided_by = text(80, allow_none=True)
    decided_because = text(200, allow_none=True)
    return_address = nested(DeliveryAddress, allow_none=True)
    carrier = text(40, allow_none=True)
    waybill_no = text(60, allow_none=True)
    replaced_by = identifier("ord", allow_none=True)
    dispute_note = text(500, allow_none=True)
    opened_at = instant()
    due_at = instant(allow_none=True)
    ended_at = instant(allow_none=True)


class OfMemberCase(Request):
    member_id = identifier("mbr")
    case_id = identifier("cas")


class ListCases(Request):
    """``order_id``: of this order alone."""

    member_id = identifier("mbr")
    order_id = identifier("ord", allow_none=True)
    limit = integer(1, LARGEST_PAGE, load_default=20)


class FindCases(Request):
    """For staff; the longest open first. What is not said does not matter."""

    merchant_id = identifier("mer", allow_none=True)
    kind = choice(*CASE_KINDS, allow_none=True)
    status = choice(*CASE_STATUSES, allow_none=True)
    is_stuck = flag(allow_none=True)
    limit = integer(1, LARGEST_PAGE, load_default=50)


class Cases(Record):
    cases = listed(Case)


class CaseFound(Case):
    """``is_stuck``: somebody has to look; ``tries``: how often somebody outside was asked about it in vain, and
    ``problem``: what came of that last."""

    is_stuck = flag(load_default=False)
    tries = integer(load_default=0)
    problem = text(500, allow_none=True)


class CasesFound(Record):
    cases = listed(CaseFound)


class MoveCase(Request):
    """``ask``: whoever has to answer is asked anew; ``done``: the codes of its pieces count as void, and the money goes
    back; ``reject``: they stay good, and no money goes back; ``refund``: money instead of goods that cannot be sent."""

    request_id = text(80)
    case_id = identifier("cas")
    move = choice(*CASE_MOVES)
    reason = text(200)


class WithdrawCase(OfMemberCase):
    request_id = text(80)


class SendGoodsBack(OfMemberCase):
    request_id = text(80)
    carrier = text(40)
    waybill_no = text(60)


class DisputeCase(OfMemberCase):
    request_id = text(80)
    note = text(500)


class DecideCase(Request):
    """``merchant_id``: who decides may do so with cases of this merchant only."""

    request_id = text(80)
    case_id = identifier("cas")
    merchant_id = identifier("mer", allow_none=True)
    reason = text(200)


class ReceivedUnit(Request):
    """``to_stock``: an accepted piece can be sold again."""

    line_no = integer(1)
    unit_no = integer(1, LARGEST_BULK)
    is_accepted = flag()
    to_stock = flag(load_default=True)


class ReceiveGoods(DecideCase):
    """Every piece of the case, each with its verdict; ``place_id`` is where they are now."""

    units = listed(ReceivedUnit, shortest=1, longest=LARGEST_CASE)
    place_id = identifier("whs", allow_none=True)


class DecideDispute(Request):
    request_id = text(80)
    case_id = identifier("cas")
    is_member_right = flag()
    reason = text(200)


class NoWish(Request):
    """Nothing has to be said."""


class CaseReason(Record):
    reason = text(40)
    kinds = listed(choice(*CASES_OFFERED))
    name_zh = text(80)
    name_en = text(80)


class CaseReasons(Record):
    reasons = listed(CaseReason)


_MOVED = (CASE_UNKNOWN, CASE_NOT_THERE)
OPEN_CASE = Command(
    SERVICE,
    "open_case",
    OpenCase,
    Case,
    refuses=(
        ORDER_UNKNOWN,
        CASE_NOT_OFFERED,
        CASE_WINDOW_OVER,
        CASE_REASON_UNKNOWN,
        CASE_UNITS_WRONG,
        CASE_UNITS_TAKEN,
        CASE_CODES_HANDED_OVER,
    ),
)
CANCEL_PIECES = Command(
    SERVICE,
    "cancel_pieces",
    CancelPieces,
    Case,
    refuses=(ORDER_UNKNOWN, CASE_NOT_OFFERED, CASE_UNITS_WRONG, CASE_UNITS_TAKEN, CASE_CODES_HANDED_OVER),
)
GET_CASE = Query(SERVICE, "get_case", OfMemberCase, Case, refuses=(CASE_UNKNOWN,))
LIST_CASES = Query(SERVICE, "list_cases", ListCases, Cases)
FIND_CASES = Query(SERVICE, "find_cases", FindCases, CasesFound)
MOVE_CASE = Command(SERVICE, "move_case", MoveCase, CaseFound, refuses=_MOVED)
LIST_CASE_REASONS = Query(SERVICE, "list_case_reasons", NoWish, CaseReasons)
WITHDRAW_CASE = Command(SERVICE, "withdraw_case", WithdrawCase, Case, refuses=_MOVED)
SEND_GOODS_BACK = Command(SERVICE, "send_goods_back", SendGoodsBack, Case, refuses=_MOVED)
DISPUTE_CASE = Command(
    SERVICE, "dispute_case", DisputeCase, Case, refuses=(*_MOVED, CASE_NOT_OFFERED, CASE_WINDOW_OVER)
)
APPROVE_CASE = Command(SERVICE, "approve_case", DecideCase, Case, refuses=(*_MOVED, CASE_NOT_OFFERED))
REJECT_CASE = Command(SERVICE, "reject_case", DecideCase, Case, refuses=_MOVED)
RECEIVE_GOODS = Command(
    SERVICE,
    "receive_goods",
    ReceiveGoods,
    Case,
    refuses=(*_MOVED, CASE_UNITS_WRONG, CASE_PLACE_WRONG, TEMPORARILY_UNAVAILABLE),
)
DECIDE_DISPUTE = Command(
    SERVICE, "decide_dispute", DecideDispute, Case, refuses=(*_MOVED, CASE_NOT_OFFERED, CASE_UNITS_TAKEN)
)
