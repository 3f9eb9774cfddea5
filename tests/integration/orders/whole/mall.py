"""The mall of the simulation, with all that orders go through: partners that switch things on, halls, cash at doors."""

from typing import Any, ClassVar

import orjson
import sqlalchemy as sa

from services.chassis.context import Context
from services.chassis.contract import Call
from services.chassis.refusal import Reply, accepted
from services.members import contract as members
from services.orders.domain.provisioning import PartnerUnavailable, Result, Wanted
from services.orders.settings import OrdersSettings
from tests.integration.orders.kit import good_credit
from tests.integration.orders.partner_with_memory import OWN_PHONE, PartnerWithMemory
from tests.simulation.mall import NEXT, PROVIDER, Mall
from tests.simulation.partners import Carrier
from tests.simulation.scheduler import Scheduler

_ORDERS = sa.text("""
    SELECT CASE WHEN lane = 'inside' THEN 'drive_orders_inside' WHEN lane LIKE 'provisioner:%' THEN 'drive_provisioners'
           ELSE 'drive_orders_at_' || lane END, min(due_at) FROM orders WHERE due_at IS NOT NULL GROUP BY 1
    UNION ALL SELECT 'drive_cases', min(due_at) FROM after_sale_case
    UNION ALL SELECT 'settle_refunds_at_alipay', min(due_at) FROM refund WHERE status = 'open'
    UNION ALL SELECT 'credit_merchants', min(look_at) FROM merchant_escrow WHERE state = 'kept'
""")
_CATALOG = sa.text("""
    SELECT 'settle_expired_reservations', min(expires_at) FROM reservation WHERE status = 'held'
    UNION ALL SELECT 'allot_presales', min(ships_from::timestamp AT TIME ZONE 'Asia/Shanghai') FROM presale
        JOIN reservation_presale USING (presale_id) JOIN reservation r USING (order_id) WHERE r.status = 'promised'
""")
_MEMBERS = {
    members.GET_CREDIT.method: good_credit,
    members.GET_PHONE.method: lambda request: {**request, "phone": OWN_PHONE},
}


class Partner(PartnerWithMemory):
    """Falls silent before or after it has done what it was asked for; ``refused`` are products that it has not."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self.scheduler, self.refused = scheduler, set[str]()

    def _decided(self, wanted: Wanted) -> Result:
        return Result("failed", problem="sold out") if wanted.product in self.refused else super()._decided(wanted)

    def _speak(self, name: str, when: str) -> None:
        self.scheduler.pause()
        what = f"the partner {name} is not reached" if when == "before" else f"the partner {name}'s answer is lost"
        if self.scheduler.chance.fault(what, 0):
            raise PartnerUnavailable("no answer")


class DoorCarrier(Carrier):
    """Collects at the door what it was booked with, if it comes to that."""

    def __init__(self, *told: Any) -> None:
        super().__init__(*told)
        self.to_collect: dict[str, int] = {}
        self.collected_fen = 0

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if path == "/v1/waybills":
            booking = orjson.loads(body)
            self.to_collect[booking["reference"]] = booking.get("cash_on_delivery_fen", 0)
        return super().answer(method, path, body)

    def _scan(self, reference: str, waybill_no: str, status: str) -> dict[str, Any]:
        scan = super()._scan(reference, waybill_no, status)
        if status != "delivered" or not self.to_collect[reference]:
            return scan
        self.collected_fen += self.to_collect[reference]
        return {**scan, "collected_fen": self.to_collect[reference]}


class WholeMall(Mall):
    next_jobs: ClassVar = {**NEXT, "orders": _ORDERS, "catalog": _CATALOG}
    partner: Partner

    def settings_of_orders(self) -> OrdersSettings:
        return OrdersSettings({PROVIDER: self.provider}, self.partner.named)

    def answer(self, contract: Call, wire: Any, context: Context) -> Reply:
        if contract.service == members.SERVICE:
            return accepted(contract.dump_reply(_MEMBERS[contract.method](wire)))
        return super().answer(contract, wire, context)
