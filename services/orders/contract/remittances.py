"""What carriers pay over of the cash that they collected at doors, what differs, and cash that is paid out again."""

from services.chassis.contract import Command, Event, Query
from services.chassis.schemas import Record, Request, choice, day, flag, identifier, instant, integer, listed, text
from services.orders.contract.vocabulary import (
    LARGEST_PAGE,
    LARGEST_REMITTANCE,
    PAYOUT_UNKNOWN,
    REMITTANCE_DIFFERENCE_NOT_THERE,
    REMITTANCE_DIFFERENCE_UNKNOWN,
    REMITTANCE_DIFFERENCES,
    REMITTANCE_MONEY_MISSING,
    REMITTANCE_NOTHING_MISSING,
    REMITTANCE_NUMBER_TAKEN,
    REMITTANCE_OWN_WISH,
    REMITTANCE_STATES,
    REMITTANCE_TOTAL_WRONG,
    SERVICE,
)

_LEAST = -(10**15)


class RemittedParcel(Request):
    waybill_no = text(60)
    amount_fen = integer(1)


class RemittanceContents(Request):
    """As the carrier's file or message has it: ``number`` is its own, ``reference`` that of its transfer at the bank.
    ``total_fen`` is what came there."""

    carrier = text(40)
    number = text(80)
    paid_on = day()
    reference = text(80)
    total_fen = integer(1)
    parcels = listed(RemittedParcel, shortest=1, longest=LARGEST_REMITTANCE)


class RecordRemittance(RemittanceContents):
    request_id = text(80)


class Remittance(Record):
    """``lines``: how many parcels it is for."""

    remittance_id = identifier("rmt")
    carrier = text(40)
    number = text(80)
    paid_on = day()
    reference = text(80)
    lines = integer()
    total_fen = integer()
    recorded_at = instant()
    actor = text(80)


class RecordedRemittance(Remittance):
    """``differences``: of its parcels, how many are not even now."""

    differences = integer()


class ListRemittances(Request):
    carrier = text(40, allow_none=True)
    limit = integer(1, LARGEST_PAGE, load_default=50)


class CarrierOwes(Record):
    """``due_fen`` of it ought to have been paid over by now."""

    carrier = text(40)
    owed_fen = integer(_LEAST)
    due_fen = integer(_LEAST)


class Remittances(Record):
    """The latest first; ``owed``: by carrier, what it said that it collected and has not paid over."""

    remittances = listed(Remittance)
    owed = listed(CarrierOwes)


class ListRemittanceDifferences(Request):
    """What is null does not matter."""

    carrier = text(40, allow_none=True)
    state = choice(*REMITTANCE_STATES, allow_none=True)
    what = choice(*REMITTANCE_DIFFERENCES, allow_none=True)
    limit = integer(1, LARGEST_PAGE, load_default=50)


class RemittanceDifference(Record):
    """``missing_fen``: of what the carrier said, not paid over; negative if it paid too much. ``order_id`` is null of a
    parcel that nobody here knows. ``asked_by`` and ``asked_because``: who wants it written off, and why."""

    difference_id = identifier("dif")
    carrier = text(40)
    waybill_no = text(60)
    order_id = identifier("ord", allow_none=True)
    what = choice(*REMITTANCE_DIFFERENCES)
    said_fen = integer()
    remitted_fen = integer()
    missing_fen = integer(_LEAST)
    state = choice(*REMITTANCE_STATES)
    found_at = instant()
    asked_by = text(80, allow_none=True)
    asked_because = text(200, allow_none=True)
    closed_at = instant(allow_none=True)
    closed_by = text(80, allow_none=True)
    note = text(200, allow_none=True)


class RemittanceDifferences(Record):
    differences = listed(RemittanceDifference)


class OnRemittanceDifference(Request):
    request_id = text(80)
    difference_id = identifier("dif")
    reason = text(200)


class DecideWriteOff(OnRemittanceDifference):
    is_approved = flag()


class ListPayouts(Request):
    limit = integer(1, LARGEST_PAGE, load_default=50)


class GetPayout(Request):
    refund_id = identifier("rfd")


class Payout(Record):
    """``problem``: nobody has been able to pay it out. ``status``: ``open`` until finance has paid."""

    refund_id = identifier("rfd")
    order_id = identifier("ord")
    payment_id = identifier("pay")
    amount_fen = integer(1)
    reason = text(80)
    status = choice("open", "done")
    due_at = instant(allow_none=True)


class Payouts(Record):
    payouts = listed(Payout)


class ConfirmPayout(GetPayout):
    """``reference`` is the transfer's number at the bank."""

    request_id = text(80)
    reference = text(80)
    reason = text(200)


_NOT_THERE = (REMITTANCE_DIFFERENCE_UNKNOWN, REMITTANCE_DIFFERENCE_NOT_THERE)

RECORD_REMITTANCE = Command(
    SERVICE,
    "record_remittance",
    RecordRemittance,
    RecordedRemittance,
    refuses=(REMITTANCE_TOTAL_WRONG, REMITTANCE_NUMBER_TAKEN),
)
LIST_REMITTANCES = Query(SERVICE, "list_remittances", ListRemittances, Remittances)
LIST_REMITTANCE_DIFFERENCES = Query(
    SERVICE, "list_remittance_differences", ListRemittanceDifferences, RemittanceDifferences
)
EXPLAIN_REMITTANCE_DIFFERENCE = Command(
    SERVICE,
    "explain_remittance_difference",
    OnRemittanceDifference,
    RemittanceDifference,
    refuses=(*_NOT_THERE, REMITTANCE_MONEY_MISSING),
)
ASK_WRITE_OFF = Command(
    SERVICE,
    "ask_remittance_write_off",
    OnRemittanceDifference,
    RemittanceDifference,
    refuses=(*_NOT_THERE, REMITTANCE_NOTHING_MISSING),
)
DECIDE_WRITE_OFF = Command(
    SERVICE,
    "decide_remittance_write_off",
    DecideWriteOff,
    RemittanceDifference,
    refuses=(*_NOT_THERE, REMITTANCE_OWN_WISH),
)
LIST_PAYOUTS = Query(SERVICE, "list_payouts", ListPayouts, Payouts)
GET_PAYOUT = Query(SERVICE, "get_payout", GetPayout, Payout, refuses=(PAYOUT_UNKNOWN,))
CONFIRM_PAYOUT = Command(SERVICE, "confirm_payout", ConfirmPayout, Payout, refuses=(PAYOUT_UNKNOWN,))
REMITTANCE_DIFFERENCE_OPENED = Event(SERVICE, "remittance.difference_opened.v1", RemittanceDifference)
REMITTANCE_DIFFERENCE_CLOSED = Event(SERVICE, "remittance.difference_closed.v1", RemittanceDifference)
