"""Mall coins (商城币): bought with points or with money, and exchanged back where that is open."""

from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import Record, Request, choice, identifier, integer, text
from services.points.contract.vocabulary import (
    ACCOUNT_FROZEN,
    ACCOUNT_UNKNOWN,
    COINS,
    EXCHANGE_CLOSED,
    INSUFFICIENT,
    LARGEST_POSTING,
    MONEY,
    PAYMENT_USED_BEFORE,
    POINTS,
    RATE_CHANGED,
    SERVICE,
    TOO_LITTLE_MONEY,
    TOP_UP_SPENT,
    TOP_UP_UNKNOWN,
    in_unit,
)


class QuoteExchange(Request):
    """What ``get`` of one unit cost in another; money is fen."""

    from_unit = choice(POINTS, COINS, MONEY)
    to_unit = choice(POINTS, COINS)
    get = integer(1, LARGEST_POSTING)


class ExchangeQuote(Record):
    """``give`` is rounded up; the rate itself is ``rate_give`` for ``rate_get``, named by ``rule``."""

    from_unit = choice(POINTS, COINS, MONEY)
    to_unit = choice(POINTS, COINS)
    give = integer(1)
    get = integer(1)
    rate_give = integer(1)
    rate_get = integer(1)
    rule = text(80)


class ExchangePoints(Request):
    """``expected_give`` is what the quote said: another cost is refused, and named."""

    request_id = text(80)
    member_id = identifier("mbr")
    from_unit = choice(POINTS, COINS)
    to_unit = choice(POINTS, COINS)
    get = integer(1, LARGEST_POSTING)
    expected_give = integer(1)


class Exchanged(Record):
    """``repaid`` of what was bought went to what the member owed in that unit."""

    journal_id = integer()
    give = integer()
    get = integer()
    repaid = integer()
    available_from = integer()
    available_to = integer()
    rule = text(80)


class TopUp(Request):
    """Money that was received for coins or points, once a payment."""

    request_id = text(80)
    member_id = identifier("mbr")
    unit = choice(POINTS, COINS)
    amount_fen = integer(1, LARGEST_POSTING)
    payment_ref = text(80)


class ToppedUp(Record):
    """What the money buys, rounded down: quote first, and nothing is lost."""

    journal_id = integer()
    payment_ref = text(80)
    points = integer()
    repaid = integer()
    available = integer()
    expires_on = text(10, allow_none=True)
    rule = text(80)


class ReverseTopUp(Request):
    """Takes back what is left of a top-up, before its money is given back."""

    request_id = text(80)
    payment_ref = text(80)
    reason = text(80)


class TopUpReversed(Record):
    """``amount_fen`` is the money that the points taken back had cost: no more than that is to be given back."""

    journal_id = integer()
    payment_ref = text(80)
    points = integer()
    amount_fen = integer()
    available = integer()


class PointsExchangedData(Record):
    """``give`` left the wallet of ``from_unit``; ``get`` came to that of ``to_unit``, less what it ``repaid``."""

    member_id = identifier("mbr")
    from_unit = choice(POINTS, COINS)
    to_unit = choice(POINTS, COINS)
    give = integer(1)
    get = integer(1)
    repaid = integer()
    available_from = integer()
    available_to = integer()


class TopUpReceivedData(Record):
    """``points`` of ``unit`` were bought; ``repaid`` of them went to what the member owed."""

    member_id = identifier("mbr")
    unit = in_unit()
    payment_ref = text(80)
    amount_fen = integer(1)
    points = integer(1)
    repaid = integer()
    available = integer()


class TopUpReversedData(Record):
    """``points`` of a top-up were taken back, which had cost ``amount_fen``."""

    member_id = identifier("mbr")
    unit = in_unit()
    payment_ref = text(80)
    points = integer(1)
    amount_fen = integer()
    reason = text(80)
    available = integer()


QUOTE_EXCHANGE = Query(SERVICE, "quote_exchange", QuoteExchange, ExchangeQuote, refuses=(EXCHANGE_CLOSED,))
EXCHANGE_POINTS = Command(
    SERVICE,
    "exchange_points",
    ExchangePoints,
    Exchanged,
    refuses=(EXCHANGE_CLOSED, RATE_CHANGED, INSUFFICIENT, ACCOUNT_UNKNOWN, ACCOUNT_FROZEN),
)
TOP_UP = Command(
    SERVICE,
    "top_up",
    TopUp,
    ToppedUp,
    refuses=(EXCHANGE_CLOSED, TOO_LITTLE_MONEY, PAYMENT_USED_BEFORE, ACCOUNT_UNKNOWN, ACCOUNT_FROZEN),
)
REVERSE_TOP_UP = Command(SERVICE, "reverse_top_up", ReverseTopUp, TopUpReversed, refuses=(TOP_UP_UNKNOWN, TOP_UP_SPENT))
POINTS_EXCHANGED = Event(SERVICE, "points.exchanged.v1", PointsExchangedData)
TOP_UP_RECEIVED = Event(SERVICE, "top_up.received.v1", TopUpReceivedData)
TOP_UP_REVERSED = Event(SERVICE, "top_up.reversed.v1", TopUpReversedData)
