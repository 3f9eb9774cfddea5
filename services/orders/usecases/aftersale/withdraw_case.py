"""A member thinks better of it, or does not send the goods in time: the case ends, its pieces are free."""

from typing import Any

from services.chassis.data.work import Work
from services.orders.usecases.aftersale.look_up_cases import told_to_its_member, view_of_case
from services.orders.usecases.aftersale.move_case import end_case, known_case
from services.orders.usecases.move_order import move_on


def withdraw_case(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    """Until the goods are on their way back, or the money is."""
    order, case = known_case(work, request)
    case = end_case(work, case, "withdraw", "withdrawn")
    move_on(work, order)
    return told_to_its_member(view_of_case(work, case))
