"""What neighbours tell."""

from typing import Any

from services.catalog import contract as catalog
from services.chassis.bus.subscribe import subscribe
from services.chassis.data.work import ReceivedEvent
from services.logistics import contract as logistics
from services.members import contract as members
from services.orders.usecases.record_fulfilment import record_codes, record_shipment_fact
from services.orders.usecases.record_pick_up import record_collected, record_prepared
from services.orders.usecases.record_points_movement import (
    record_points_captured,
    record_points_refunded,
    record_points_released,
)
from services.orders.usecases.record_presale import record_allotment, record_revocation
from services.orders.usecases.record_verification import record_verification
from services.orders.usecases.tidy_carts import empty_cart_of_ended_member
from services.points import contract as points


class Hearing:
    works: Any

    @subscribe(points.HOLD_CAPTURED)
    def on_points_hold_captured(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_points_captured)

    @subscribe(points.HOLD_RELEASED)
    def on_points_hold_released(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_points_released)

    @subscribe(points.POINTS_REFUNDED)
    def on_points_refunded(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_points_refunded)

    @subscribe(catalog.CODES_ISSUED)
    def on_codes_issued(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_codes)

    @subscribe(catalog.PICK_UP_PREPARED)
    def on_pick_up_prepared(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_prepared)

    @subscribe(catalog.PICK_UP_COLLECTED)
    def on_pick_up_collected(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_collected)

    @subscribe(catalog.CODE_VERIFIED)
    def on_code_verified(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_verification)

    @subscribe(catalog.CODE_UNVERIFIED)
    def on_code_unverified(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_verification)

    @subscribe(catalog.STOCK_ALLOTTED)
    def on_stock_allotted(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_allotment)

    @subscribe(catalog.PRESALE_REVOKED)
    def on_presale_revoked(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_revocation)

    @subscribe(logistics.SHIPMENT_DISPATCHED)
    def on_shipment_dispatched(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_shipment_fact)

    @subscribe(logistics.SHIPMENT_MOVED)
    def on_shipment_moved(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_shipment_fact)

    @subscribe(logistics.SHIPMENT_DELIVERED)
    def on_shipment_delivered(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_shipment_fact)

    @subscribe(members.STATE_CHANGED)
    def on_member_state_changed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, empty_cart_of_ended_member)
