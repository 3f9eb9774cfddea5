"""A case gives back what its pieces were sold for: to each tender its exact share, asked for once."""

import sqlalchemy as sa

from services.chassis.data.work import Work
from services.orders.domain.aftersale.units import worth
from services.orders.domain.escrow import Worth
from services.orders.storage.case_refunds import add_case_refund, refunding_cases, refunds_of_cases
from services.orders.storage.cases import change_units, units_of
from services.orders.storage.tenders import tenders_of
from services.orders.usecases.aftersale.move_case import move_case
from services.orders.usecases.aftersale.telling import tell_refunded
from services.orders.usecases.escrow.keep_back import take_back_from_merchant
from services.orders.usecases.give_back import refund_part


def give_back_pieces(work: Work, order: sa.Row, case: sa.Row) -> sa.Row:
    """Of a case that is refunding: those that it claims and has not given back. With nothing to give back it is closed
    at once. Needs the order's lock."""
    units = [unit for unit in units_of(work, [case.case_id])[case.case_id] if unit.claims and not unit.is_given_back]
    change_units(work, case.case_id, [(unit.line_no, unit.unit_no) for unit in units], given_back_in=case.version)
    amounts, operation = worth(units), f"{case.case_id}:{case.version}"
    for tender in tenders_of(work, order.order_id):
        if amount := amounts[tender.kind]:
            reference = refund_part(work, order, tender, amount, operation, case.reason)
            add_case_refund(work, case.case_id, tender.tender_id, reference, amount)
    merchants_share = Worth(amounts["points"], amounts["coins"], amounts["cash"])
    take_back_from_merchant(work, order, case.merchant_id, merchants_share, operation)
    return settle_case(work, case)


def settle_refunded_cases(work: Work, order: sa.Row) -> None:
    """Something came back for the order: cases of which all is back are closed. Needs the order's lock."""
    for case in refunding_cases(work, order.order_id):
        settle_case(work, case)


def settle_case(work: Work, case: sa.Row) -> sa.Row:
    if not all(refund.is_done for refund in refunds_of_cases(work, [case.case_id])):
        return case
    case = move_case(work, case, "settle")
    units = last_given_back(work, case)
    back = worth(units)
    tell_refunded(work, case, units, points=back["points"], coins=back["coins"], cash_fen=back["cash"])
    return case


def last_given_back(work: Work, case: sa.Row) -> list[sa.Row]:
    """Not those of before a dispute, which were told of then."""
    units = [unit for unit in units_of(work, [case.case_id])[case.case_id] if unit.is_given_back]
    last = max(unit.given_back_in for unit in units)
    return [unit for unit in units if unit.given_back_in == last]
