"""Codes that partners made: imported as they are, and withdrawn as long as nobody bought them."""

from services.catalog.contract.vocabulary import (
    CODES_NOT_OF_PARTNER,
    CODES_WRONG,
    GOODS_UNKNOWN,
    LARGEST_CODE_FILE,
    SERVICE,
    STOCK_NOT_FREE,
)
from services.chassis.contract import Command
from services.chassis.schemas import Record, Request, identifier, integer, listed, text


class PartnersCode(Request):
    """``row``: where it stands in the partner's file. ``expires_on``: the last day on which the partner honours it,
    whenever it is sold (ISO date; null: no end)."""

    row = integer(1)
    code = text(200, shortest=0)
    expires_on = text(40, allow_none=True)


class ImportCodes(Request):
    """All of them or none; a refusal lists every row that is wrong, by its number and never by its code."""

    request_id = text(80)
    element_id = identifier("elm")
    codes = listed(PartnersCode, shortest=1, longest=LARGEST_CODE_FILE)
    reason = text(120)


class WithdrawCodes(Request):
    """Of the element the codes named, or all that nobody was promised. What is withdrawn never comes back."""

    request_id = text(80)
    element_id = identifier("elm")
    codes = listed(text(60), shortest=1, longest=LARGEST_CODE_FILE, required=False)
    reason = text(120)


class CodesMoved(Record):
    """``moved`` came in or were withdrawn; ``on_hand`` and ``reserved`` are of the element, over all places."""

    element_id = identifier("elm")
    moved = integer()
    on_hand = integer()
    reserved = integer()


IMPORT_CODES = Command(
    SERVICE,
    "import_codes",
    ImportCodes,
    CodesMoved,
    refuses=(GOODS_UNKNOWN, CODES_NOT_OF_PARTNER, CODES_WRONG),
    timeout_s=20,
)
WITHDRAW_CODES = Command(
    SERVICE,
    "withdraw_codes",
    WithdrawCodes,
    CodesMoved,
    refuses=(GOODS_UNKNOWN, CODES_WRONG, STOCK_NOT_FREE),
    timeout_s=20,
)
