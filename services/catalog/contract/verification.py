"""Codes at a merchant's counter (核销): looked up, verified once, undone within minutes; and voided for good."""

from services.catalog.contract.vocabulary import (
    CODE_EXPIRED,
    CODE_NOT_FOR_COUNTER,
    CODE_NOT_VERIFIED,
    CODE_STATES,
    CODE_UNKNOWN,
    CODE_USED,
    CODE_VOIDED,
    COUNTER_LOCKED,
    SERVICE,
    UNDO_TOO_LATE,
)
from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import Record, Request, choice, identifier, instant, integer, listed, text

LARGEST_PAGE_OF_VERIFICATIONS = 100


class FindCode(Request):
    """``key_id`` is the staff key of the counter: a wrong code costs it a try. Only codes for goods of the merchant, of
    forms that are verified at a counter, are known here."""

    merchant_id = identifier("mer")
    key_id = identifier("stk")
    code = text(60)


class VerifyCode(FindCode):
    request_id = text(80)


class UndoVerification(FindCode):
    """By the same merchant, within the minutes that the terms of counters give."""

    request_id = text(80)
    reason = text(200)


class CodeAtCounter(Record):
    """``name_…`` is what the code is for; ``order_no`` the end of its order's number, as its owner was told it."""

    code_tail = text(4)
    state = choice(*CODE_STATES)
    form = text(40)
    element_id = identifier("elm")
    sku_id = identifier("sku")
    name_zh = text(200)
    name_en = text(200)
    order_no = text(8)
    valid_until = text(10, allow_none=True)
    verified_at = instant(allow_none=True)


class ListVerifications(Request):
    """Newest first; ``before`` is the number of the last entry of the page before."""

    merchant_id = identifier("mer")
    before = integer(1, allow_none=True)
    limit = integer(1, LARGEST_PAGE_OF_VERIFICATIONS, load_default=20)


class Verification(Record):
    """One deed at a counter; ``undone`` is one of its own, beside what it undid."""

    no = integer(1)
    what = choice("verified", "undone")
    code_tail = text(4)
    element_id = identifier("elm")
    sku_id = identifier("sku")
    name_zh = text(200)
    name_en = text(200)
    order_no = text(8)
    key_id = identifier("stk")
    actor = text(80)
    reason = text(200)
    done_at = instant()


class Verifications(Record):
    verifications = listed(Verification)


class VoidCodes(Request):
    """All of these codes of the order, or none: they are unused, and nobody will use them any more. Of codes that are
    not verified at a counter nobody here knows whether they are used."""

    request_id = text(80)
    order_id = identifier("ord")
    codes = listed(text(60), shortest=1)
    reason = text(80)


class CodesVoided(Record):
    order_id = identifier("ord")
    codes = integer(1)


class CodeVerifiedData(Record):
    """``version`` counts what was done with the code, so that a late event is known as one; ``member_id`` is null of
    orders of before counters were told of members."""

    order_id = identifier("ord")
    member_id = identifier("mbr", allow_none=True)
    sku_id = identifier("sku")
    element_id = identifier("elm")
    code = text(60)
    version = integer(1)
    name_zh = text(200)
    name_en = text(200)
    merchant_id = identifier("mer")
    merchant_zh = text(80)
    merchant_en = text(80)
    key_id = identifier("stk")
    done_at = instant()


_AT_COUNTER = (CODE_UNKNOWN, COUNTER_LOCKED)
FIND_CODE = Query(SERVICE, "find_code", FindCode, CodeAtCounter, refuses=_AT_COUNTER)
VERIFY_CODE = Command(
    SERVICE,
    "verify_code",
    VerifyCode,
    CodeAtCounter,
    refuses=(*_AT_COUNTER, CODE_USED, CODE_VOIDED, CODE_EXPIRED),
)
UNDO_VERIFICATION = Command(
    SERVICE,
    "undo_verification",
    UndoVerification,
    CodeAtCounter,
    refuses=(*_AT_COUNTER, CODE_NOT_VERIFIED, UNDO_TOO_LATE),
)
LIST_VERIFICATIONS = Query(SERVICE, "list_verifications", ListVerifications, Verifications)
VOID_CODES = Command(
    SERVICE,
    "void_codes",
    VoidCodes,
    CodesVoided,
    refuses=(CODE_UNKNOWN, CODE_NOT_FOR_COUNTER, CODE_USED, CODE_VOIDED),
)
CODE_VERIFIED = Event(SERVICE, "code.verified.v1", CodeVerifiedData)
CODE_UNVERIFIED = Event(SERVICE, "code.unverified.v1", CodeVerifiedData)
