"""What a member may owe until goods are at the door."""

from services.chassis.contract import Query
from services.chassis.schemas import Record, flag, identifier, instant, integer, listed, nested, text
from services.members.contract.people import OfMember
from services.members.contract.vocabulary import MEMBER_UNKNOWN, SERVICE


class CashOnDelivery(Record):
    """``reasons`` are why it is offered (``vip_tier``, ``enough_good_trades``), or else all that stands against it
    (``member_not_active``, ``too_many_bad_trades``, ``too_few_good_trades``). The two limits count orders of the member
    whose cash is promised and not there yet."""

    is_offered = flag()
    reasons = listed(text(40))
    most_open_orders = integer()
    most_open_fen = integer()


class Credit(Record):
    """Trades that ended since ``counted_from``; ``score`` is 0 to 100, and 50 of whom nothing is known."""

    member_id = identifier("mbr")
    good_trades = integer()
    bad_trades = integer()
    score = integer(0, 100)
    counted_from = instant()
    cash_on_delivery = nested(CashOnDelivery)


GET_CREDIT = Query(SERVICE, "get_credit", OfMember, Credit, refuses=(MEMBER_UNKNOWN,))
