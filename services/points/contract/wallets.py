"""What members have, and how it came about."""

from services.chassis.contract import Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, text
from services.points.contract.vocabulary import (
    ACCOUNT_UNKNOWN,
    CURSOR_INVALID,
    INSTANT_TO_COME,
    LARGEST_PAGE,
    LARGEST_POSTING,
    SERVICE,
    in_unit,
)


class OfWallet(Request):
    member_id = identifier("mbr")
    unit = in_unit()


class Expiring(Record):
    expires_on = text(10)
    points = integer()


class Balance(Record):
    """``available`` = posted - held - expired but not yet booked; ``owed`` is taken from what is earned next."""

    member_id = identifier("mbr")
    unit = in_unit()
    available = integer()
    held = integer()
    earned_in_all = integer()
    owed = integer(load_default=0)
    expiring = listed(Expiring)
    as_of = instant()


class ListStatement(Request):
    """The two clocks are those of ``get_past_balance``; without them the statement is that of now."""

    member_id = identifier("mbr")
    unit = in_unit()
    happened_by = instant(allow_none=True, load_default=None)
    booked_by = instant(allow_none=True, load_default=None)
    limit = integer(1, LARGEST_PAGE, load_default=20)
    cursor = text(200, allow_none=True)


LINE_KINDS = (
    "accrual", "redemption", "refund", "expiry", "clawback", "gift", "exchange", "top_up", "adjustment",
)  # fmt: skip


class StatementLine(Record):
    """``points`` is signed: + earned or refunded, - spent or expired. ``balance`` is the balance after it.

    ``source`` says what earned them, ``reference`` names the order, bill run or campaign, ``rule`` the row that
    decided; ``effective_on`` is the day of ``happened_at`` in China.
    """

    line_id = text(40)
    kind = choice(*LINE_KINDS)
    source = text(40, allow_none=True)
    reference = text(120, allow_none=True)
    points = integer(-LARGEST_POSTING)
    balance = integer(-LARGEST_POSTING)
    rule = text(80, allow_none=True, load_default=None)
    channel = text(20, load_default="internal")
    posted_at = instant()
    happened_at = instant(allow_none=True, load_default=None)
    effective_on = text(10)


class Statement(Record):
    lines = listed(StatementLine)
    next_cursor = text(200, allow_none=True)


GET_BALANCE = Query(SERVICE, "get_balance", OfWallet, Balance, refuses=(ACCOUNT_UNKNOWN,))
LIST_STATEMENT = Query(
    SERVICE, "list_statement", ListStatement, Statement, refuses=(ACCOUNT_UNKNOWN, CURSOR_INVALID, INSTANT_TO_COME)
)
