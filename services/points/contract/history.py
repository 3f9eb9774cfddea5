"""The past: balances as they were, and why a line stands in a statement."""

from marshmallow import fields

from services.chassis.contract import Query
from services.chassis.schemas import Record, Request, identifier, instant, integer, listed, nested, text
from services.points.contract.vocabulary import ACCOUNT_UNKNOWN, INSTANT_TO_COME, LINE_UNKNOWN, SERVICE, in_unit
from services.points.contract.wallets import Expiring, StatementLine

FARTHEST = -(2**53) + 1


class OfPast(Request):
    """Two clocks: what had happened by ``happened_by``, as far as it was booked by ``booked_by``. Null: until now."""

    member_id = identifier("mbr")
    unit = in_unit()
    happened_by = instant(allow_none=True, load_default=None)
    booked_by = instant(allow_none=True, load_default=None)


class PastBalance(Record):
    """``posted`` counts expired points until their expiry was booked, ``unexpired`` does not; ``owed`` is debt.

    What was put aside for open orders is in them: a hold moves nothing in the books.
    """

    member_id = identifier("mbr")
    unit = in_unit()
    posted = integer(FARTHEST)
    unexpired = integer(FARTHEST)
    owed = integer(FARTHEST)
    expiring = listed(Expiring)
    happened_by = instant(allow_none=True)
    booked_by = instant(allow_none=True)


class OfStatementLine(Request):
    member_id = identifier("mbr")
    unit = in_unit()
    line_id = text(40)


class MovedBucket(Record):
    """``points`` (signed) of the bucket; ``expires_on`` is null for points that never expire."""

    pool = integer()
    expires_on = text(10, allow_none=True)
    points = integer(FARTHEST)


class BilledCharge(Record):
    line_id = text(60)
    paid_on = text(10)
    amount_fen = integer()
    points = integer()


class Explanation(Record):
    """Why a line is there: what it moved, against which accounts, by which rule (its terms as they were), from which
    charges of a bill. ``undoes`` and ``undone_by`` are lines that correct each other."""

    line = nested(StatementLine)
    buckets = listed(MovedBucket)
    against = listed(fields.String())
    rule_terms = fields.Dict(allow_none=True, required=True)
    charges = listed(BilledCharge, longest=10_000)
    undoes = text(40, allow_none=True)
    undone_by = listed(fields.String())


GET_PAST_BALANCE = Query(SERVICE, "get_past_balance", OfPast, PastBalance, refuses=(ACCOUNT_UNKNOWN, INSTANT_TO_COME))
GET_EXPLANATION = Query(
    SERVICE, "get_explanation", OfStatementLine, Explanation, refuses=(ACCOUNT_UNKNOWN, LINE_UNKNOWN)
)
