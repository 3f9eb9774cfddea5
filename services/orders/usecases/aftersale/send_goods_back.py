"""A member has sent the goods: the waybill says where they are."""

from typing import Any

from services.chassis.data.work import Work
from services.orders.usecases.aftersale.look_up_cases import told_to_its_member, view_of_case
from services.orders.usecases.aftersale.move_case import known_case, move_case
from services.orders.usecases.aftersale.telling import note


def send_goods_back(work: Work, request: dict[str, Any]) -> dict[str, Any]:
    _, case = known_case(work, request)
    sent = {"carrier": request["carrier"], "waybill_no": request["waybill_no"]}
    case = move_case(work, case, "send_back", **sent)
    note(work, case, "sent_back", **sent)
    return told_to_its_member(view_of_case(work, case))
