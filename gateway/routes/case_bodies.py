"""What is said of cases by members and staff, be it the operator's or a merchant's."""

from gateway.bodies import Because
from gateway.pages import limit_field
from services.chassis.schemas import Request, choice, identifier, listed, text
from services.orders import contract as orders

PIECES = {"lines": [{"line_no": 1, "units": [1]}], "reason": "ordered too many"}
VERDICTS = {"units": [{"line_no": 1, "unit_no": 1, "is_accepted": True}], "reason": "as it was sent"}


class Verdicts(Because):
    """Every piece of the case; ``place_id`` is where they are now."""

    units = listed(orders.ReceivedUnit, shortest=1, longest=orders.LARGEST_CASE)
    place_id = identifier("whs", allow_none=True)


class PiecesToCancel(Request):
    """``units`` are numbers of pieces: a line of three has 1, 2 and 3."""

    lines = listed(orders.UnitsOfLine, shortest=1, longest=orders.LARGEST_BASKET)
    reason = text(80)


class CasesWanted(Request):
    kind = choice(*orders.CASE_KINDS, allow_none=True)
    status = choice(*orders.CASE_STATUSES, allow_none=True)
    limit = limit_field()
