"""Whether each line of a cart can be had, line by line: what quoting refuses as a whole."""

from services.catalog.contract.offers import segments_field
from services.catalog.contract.quoting import BasketLine, QuotedLine
from services.catalog.contract.vocabulary import LARGEST_CART, SERVICE, TIERS
from services.chassis.contract import Query
from services.chassis.schemas import Record, Request, choice, identifier, integer, listed, nested, text


class CheckLines(Request):
    """``member_id`` null: limits of members are not looked at."""

    member_id = identifier("mbr", allow_none=True)
    member_tier = choice(*TIERS)
    member_segments = segments_field()
    lines = listed(BasketLine, shortest=1, longest=LARGEST_CART)


class CheckedLine(Record):
    """In the order asked. ``why_not`` is the code with which an order of this line alone would be refused now, null if
    it would not; ``at_most`` is how many pieces this member could have, by stock and limits, null if none at all is
    offered. ``quoted`` is what it costs, null if it is not offered."""

    sku_id = identifier("sku")
    price_id = identifier("prc")
    why_not = text(60, allow_none=True)
    at_most = integer(allow_none=True)
    quoted = nested(QuotedLine, allow_none=True)


class CheckedLines(Record):
    lines = listed(CheckedLine, shortest=1)


CHECK_LINES = Query(SERVICE, "check_lines", CheckLines, CheckedLines)
