"""What merchants have for what they sold: kept back until it was received, credited then."""

from services.chassis.contract import Event, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, nested, text
from services.orders.contract.vocabulary import ENTRY_KINDS, LARGEST_PAGE, SERVICE

_LEAST = -(10**15)


class OfMerchant(Request):
    merchant_id = identifier("mer")


class SumOfMerchant(Record):
    """A balance is negative if more went back after the credit than was credited since."""

    points = integer(_LEAST)
    coins = integer(_LEAST)
    cash_fen = integer(_LEAST)


class MerchantBalance(Record):
    """``balance``: credited less debited; ``kept_back``: paid by members, not received yet."""

    merchant_id = identifier("mer")
    balance = nested(SumOfMerchant)
    kept_back = nested(SumOfMerchant)


class ListMerchantEntries(OfMerchant):
    """``before``: the last ``id`` of the page before."""

    kind = choice(*ENTRY_KINDS, allow_none=True)
    before = integer(1, allow_none=True)
    limit = integer(1, LARGEST_PAGE, load_default=20)


class MerchantEntry(SumOfMerchant):
    """``sale`` and ``refund`` are about what is kept back, ``credit`` and ``debit`` about what the merchant has.
    Refunds and debits are negative. ``operation`` names it within its order."""

    id = integer(1)
    order_id = identifier("ord")
    operation = text(80)
    kind = choice(*ENTRY_KINDS)
    at = instant()


class MerchantEntries(Record):
    entries = listed(MerchantEntry)


class MerchantBookedData(Record):
    """Amounts are positive in credits and in debits."""

    merchant_id = identifier("mer")
    order_id = identifier("ord")
    operation = text(80)
    points = integer()
    coins = integer()
    cash_fen = integer()


GET_MERCHANT_BALANCE = Query(SERVICE, "get_merchant_balance", OfMerchant, MerchantBalance)
LIST_MERCHANT_ENTRIES = Query(SERVICE, "list_merchant_entries", ListMerchantEntries, MerchantEntries)
MERCHANT_CREDITED = Event(SERVICE, "merchant.credited.v1", MerchantBookedData)
MERCHANT_DEBITED = Event(SERVICE, "merchant.debited.v1", MerchantBookedData)
