"""Orders that come back: their member asks for it, staff agrees, and the goods are found to be as they were."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from deploy.demo.shop import Shop, eventually
from tests.faults.asked import Asked

DELIVERED_WITHIN_S = 600.0
WISH: dict[str, Any] = {"kind": "return", "lines": [{"line_no": 1, "units": [1]}], "reason": "changed_mind"}
OTHERWISE = {"note": "another word"}
OPENED = 201
SENT = {"carrier": "sf", "waybill_no": "SF1234567890123"}
AGREED = {"reason": "within its days"}
SOUND = {"units": [{"line_no": 1, "unit_no": 1, "is_accepted": True}], "reason": "as it was sent"}
Ask = Callable[[str, dict[str, Any], dict[str, Any]], Asked]


@dataclass
class Counter:
    """Where staff takes back what members send; as patient as they are, so each step is taken once."""

    staff: Shop

    def take_back(self, member: Shop, order_id: str, ask: Ask) -> None:
        """All of an order of one piece."""
        path = f"/v1/orders/{order_id}"
        eventually(
            f"{order_id} is delivered",
            lambda: member.get(path)["fulfilment_status"] == "delivered",
            DELIVERED_WITHIN_S,
        )
        case = ask(f"{path}/cases", WISH, OTHERWISE)
        if case.status == OPENED:
            case_id = case.value["case_id"]
            self.staff.post(f"/v1/ops/cases/{case_id}/approval", AGREED, status=200)
            member.post(f"/v1/cases/{case_id}/waybill", SENT, status=200)
            self.staff.post(f"/v1/ops/cases/{case_id}/receipt", SOUND, status=200)
