"""What staff says of cases, be it the operator's or a merchant's."""

from gateway.bodies import Because
from gateway.pages import limit_field
from services.chassis.schemas import Request, choice, identifier, listed
from services.orders import contract as orders

VERDICTS = {"units": [{"line_no": 1, "unit_no": 1, "is_accepted": True}], "reason": "as it was sent"}


class Verdicts(Because):
    """Every piece of the case; ``place_id`` is where they are now."""

    units = listed(orders.ReceivedUnit, shortest=1, longest=orders.LARGEST_CASE)
    place_id = identifier("whs", allow_none=True)


class CasesWanted(Request):
    kind = choice(*orders.CASE_KINDS, allow_none=True)
    status = choice(*orders.CASE_STATUSES, allow_none=True)
    limit = limit_field()
