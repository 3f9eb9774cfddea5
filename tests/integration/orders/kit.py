"""A small mall around the orders service: neighbours that answer by contract, a provider with a memory."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.catalog import contract as catalog
from services.chassis.clock import FixedClock
from services.chassis.contract import Command, Event
from services.chassis.data.work import Works
from services.chassis.ids import derived_id, new_id
from services.chassis.testkit import ScriptedRpc, emitted, event_of, works_on
from services.logistics import contract as logistics
from services.members import contract as members
from services.orders import contract
from services.orders.domain.flows.steps import INSIDE
from services.orders.settings import OrdersSettings
from services.orders.usecases.approve_order import approve_order, refuse_order
from services.orders.usecases.cancel_order import cancel_order
from services.orders.usecases.check_invariants import check_invariants
from services.orders.usecases.confirm_receipt import confirm_receipt
from services.orders.usecases.drive_orders import drive_orders
from services.orders.usecases.drive_provisioners import drive_provisioners
from services.orders.usecases.escrow.credit_merchants import credit_merchants
from services.orders.usecases.place_order import place_order, place_purchase
from services.orders.usecases.quote_order import quote_order
from services.orders.usecases.record_fulfilment import record_codes, record_shipment_fact
from services.orders.usecases.record_payment_notice import record_payment_notice
from services.orders.usecases.record_pick_up import record_collected, record_prepared
from services.orders.usecases.record_points_movement import (
    record_points_captured,
    record_points_refunded,
    record_points_released,
)
from services.orders.usecases.record_presale import record_allotment, record_revocation
from services.orders.usecases.record_verification import record_verification
from services.orders.usecases.resolve_payment import resolve_payment
from services.orders.usecases.settle_refunds import settle_refunds
from services.orders.usecases.start_payment import start_payment
from services.points import contract as points
from tests.integration.orders.goods import ADDRESS, composed, quoted
from tests.integration.orders.partner_with_memory import OWN_PHONE, PartnerWithMemory
from tests.integration.orders.provider_with_memory import ProviderWithMemory

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HANDLERS = {
    points.HOLD_CAPTURED: record_points_captured,
    points.HOLD_RELEASED: record_points_released,
    points.POINTS_REFUNDED: record_points_refunded,
    catalog.CODES_ISSUED: record_codes,
    catalog.STOCK_ALLOTTED: record_allotment,
    catalog.PRESALE_REVOKED: record_revocation,
    catalog.CODE_VERIFIED: record_verification,
    catalog.PICK_UP_PREPARED: record_prepared,
    catalog.PICK_UP_COLLECTED: record_collected,
    catalog.CODE_UNVERIFIED: record_verification,
    logistics.SHIPMENT_DISPATCHED: record_shipment_fact,
    logistics.SHIPMENT_MOVED: record_shipment_fact,
    logistics.SHIPMENT_DELIVERED: record_shipment_fact,
}


@dataclass
class Shop:
    """The orders service with its use cases as a client calls them. ``engine`` is a database of its own."""

    engine: sa.Engine
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))
    provider: ProviderWithMemory = field(default_factory=ProviderWithMemory)
    member_id: str = field(default_factory=lambda: new_id("mbr"))
    pays_with: str = "alipay"
    partner: PartnerWithMemory = field(default_factory=PartnerWithMemory)

    def __post_init__(self) -> None:
        self.rpc = ScriptedRpc(
            {
                catalog.QUOTE_LINES: quoted,
                catalog.RESERVE_STOCK: lambda request: self._held(request) | {"lines": composed(request)},
                points.HOLD_POINTS: lambda request: self._held(request) | {"points": request["points"], "available": 0},
                catalog.RELEASE_STOCK: lambda request: {"order_id": request["order_id"], "units": 1},
                points.RELEASE_HOLD: lambda request: {"order_id": request["order_id"], "points": 1},
                points.CAPTURE_HOLD: self._captured,
                members.GET_CREDIT: good_credit,
                members.GET_PHONE: lambda request: {**request, "phone": OWN_PHONE},
                catalog.STOP_HAND_OVER: lambda request: {"order_id": request["order_id"], "units": 1},
                logistics.CHECK_COLLECTION: {"is_offered": True},
                logistics.STOP_DISPATCH: lambda request: {"order_id": request["order_id"], "shipments": 1},
            }
        )

    def _held(self, request: dict[str, Any]) -> dict[str, Any]:
        expires_at = self.clock.now() + timedelta(seconds=request["expires_in_s"])
        return {"order_id": request["order_id"], "expires_at": expires_at}

    def _captured(self, request: dict[str, Any]) -> dict[str, Any]:
        column = {points.POINTS: "points", points.COINS: "coins"}[request["unit"]]
        return {"order_id": request["order_id"], "points": getattr(self.row_of(request), column)}

    def on(self, engine: sa.Engine) -> "Shop":
        """The same shop through another engine of its database."""
        return replace(self, engine=engine)

    @property
    def works(self) -> Works:
        settings = OrdersSettings(dict.fromkeys(contract.PROVIDERS, self.provider), self.partner.named)
        return works_on(self.engine, self.clock, self.rpc, settings)

    def request(self, *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
        """A request that the shop accepts, with ``changes``; lines are (SKU, quantity)."""
        basket = [{"sku_id": sku, "quantity": quantity, "price_id": derived_id("prc", sku)} for sku, quantity in lines]
        total = quoted({"lines": basket})
        request = {
            "request_id": new_id("req"),
            "member_id": self.member_id,
            "member_tier": "gold",
            "member_state": "active",
            "lines": basket,
            "expected": {unit: total[unit] for unit in ("points", "coins", "cash_fen")},
            "payment_provider": self.pays_with if total["cash_fen"] else None,
            "delivery_address": ADDRESS,
        }
        return contract.PLACE_ORDER.load_request(request | changes)

    def place(self, *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
        return place_order(self.works, self.request(*lines, **changes))

    def purchase(self, *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
        return place_purchase(self.works, self.request(*lines, **changes))

    def quote(self, *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
        request = {"member_tier": "gold", "lines": list(lines), **changes}
        return contract.QUOTE_ORDER.dump_reply(quote_order(self.works, contract.QUOTE_ORDER.load_request(request)))

    def approve(self, order: dict[str, Any], by: str = "staff:boss", **changes: Any) -> dict[str, Any]:
        return self._decide(contract.APPROVE_ORDER, approve_order, order, by, changes)

    def refuse(self, order: dict[str, Any], by: str = "staff:boss", **changes: Any) -> dict[str, Any]:
        return self._decide(contract.REFUSE_ORDER, refuse_order, order, by, changes)

    def _decide(self, command: Command, usecase: Any, order: dict[str, Any], by: str, changes: dict[str, Any]) -> Any:
        request = {"request_id": new_id("req"), "order_id": order["order_id"], "reason": "budget", **changes}
        works = replace(self.works, context=replace(self.works.context, actor=by))
        return works.once(command, usecase, command.load_request(request))

    def start_request(self, order: dict[str, Any], **changes: Any) -> dict[str, Any]:
        request = {"request_id": new_id("req"), **self.of(order), **changes}
        return contract.START_PAYMENT.load_request(request)

    def start_payment(self, order: dict[str, Any], **changes: Any) -> dict[str, Any]:
        started = start_payment(self.works, self.start_request(order, **changes))
        self.provider.open(started["payment_id"], started["amount_fen"])
        return started

    def notify(self, form: dict[str, str], provider: str | None = None) -> str:
        came = {"provider": provider or self.pays_with, "fields_received": form}
        return record_payment_notice(self.works, contract.RECORD_PAYMENT_NOTICE.load_request(came))["outcome"]

    def pay(self, order: dict[str, Any]) -> dict[str, str]:
        """Start and pay, notice included; returns the notice."""
        form = self.provider.pay(self.start_payment(order)["payment_id"])
        assert form is not None
        self.notify(form)
        return form

    def come_back(self, payment_id: str) -> str:
        """The buyer at the page to which the provider sends them."""
        return resolve_payment(self.works, {"payment_id": payment_id})["status"]

    def cancel(self, order: dict[str, Any], **changes: Any) -> dict[str, Any]:
        request = {"request_id": new_id("req"), **self.of(order), "reason": "changed_my_mind"}
        return cancel_order(self.works, request | changes)

    def receive(self, order: dict[str, Any]) -> dict[str, Any]:
        request = {"request_id": new_id("req"), **self.of(order)}
        return self.works.once(contract.CONFIRM_RECEIPT, confirm_receipt, request)

    def hear(self, event: Event, order: dict[str, Any], **data: Any) -> bool:
        """An event of a neighbour about this order, as the bus delivers it."""
        occurred_at = data.get("occurred_at") or self.clock.now()
        told = {"order_id": order["order_id"], "member_id": self.member_id, **data}
        received = event_of(event, order["order_id"], told, occurred_at=occurred_at, handler=f"orders.{event.type}")
        return self.works.apply(received, HANDLERS[event])

    def hear_points(self, event: Event, order: dict[str, Any], amount: int, unit: str = points.POINTS) -> bool:
        reason = {"reason": "time_out"} if event is points.HOLD_RELEASED else {}
        reason |= {"operation": None} if event is points.POINTS_REFUNDED else {}
        return self.hear(event, order, points=amount, unit=unit, available=0, **reason)

    def run_jobs(self) -> None:
        while self.drive() or self.drive_inside() or self.drive_provisioners() or self.settle_refunds():
            pass

    def drive(self) -> bool:
        """What waits for the provider."""
        return drive_orders(self.works, self.pays_with)

    def drive_inside(self) -> bool:
        return drive_orders(self.works, INSIDE)

    def drive_provisioners(self) -> bool:
        return drive_provisioners(self.works)

    def settle_refunds(self) -> bool:
        return settle_refunds(self.works, self.pays_with)

    def status_of(self, order: dict[str, Any]) -> tuple[str, str, str]:
        row = self.row_of(order)
        return row.status, row.payment_status, row.fulfilment_status

    def row_of(self, order: dict[str, Any]) -> sa.Row:
        with self.engine.connect() as connection:
            wanted = sa.text("SELECT * FROM orders WHERE order_id = :order_id")
            return connection.execute(wanted, {"order_id": order["order_id"]}).one()

    def facts_of(self, order: dict[str, Any]) -> list[str]:
        with self.engine.connect() as connection:
            wanted = sa.text("SELECT what FROM order_fact WHERE order_id = :order_id ORDER BY id")
            return list(connection.execute(wanted, {"order_id": order["order_id"]}).scalars())

    def events_of(self, order: dict[str, Any], event: Event) -> list[dict[str, Any]]:
        return emitted(self.engine, event, order["order_id"])

    def ended(self, order: dict[str, Any]) -> list[str]:
        """Which of the decisive events this order had."""
        ends = (contract.ORDER_CONFIRMED, contract.ORDER_CLOSED, contract.ORDER_CANCELLED)
        return [event.type for event in ends for _ in self.events_of(order, event)]

    def of(self, order: dict[str, Any]) -> dict[str, str]:
        """Of an order, or (for its payment) of a purchase."""
        name = "order_id" if "order_id" in order else "purchase_id"
        return {"member_id": self.member_id, name: order[name]}

    def broken_invariants(self) -> list[dict[str, Any]]:
        """When the timer of the merchants' credits has had its turn."""
        while credit_merchants(self.works):
            pass
        with self.works.begin() as work:
            return [check for check in check_invariants(work) if not check["ok"]]


def good_credit(request: dict[str, Any]) -> dict[str, Any]:
    """As members answers of a VIP: three orders, and 1,000 yuan at a time."""
    offer = {"is_offered": True, "reasons": ["vip_tier"], "most_open_orders": 3, "most_open_fen": 100_000}
    counted = {"good_trades": 7, "bad_trades": 0, "score": 88, "counted_from": NOON}
    return {**request, **counted, "cash_on_delivery": offer}


def parcel_data(shipment: str, status: str, line_nos: list[int], occurred_at: datetime | None = None) -> dict[str, Any]:
    moved = {"occurred_at": occurred_at, "location": "深圳"} if occurred_at else {}
    return {
        "shipment_id": derived_id("shp", shipment),
        "carrier": "sf",
        "carrier_name_zh": "顺丰",
        "carrier_name_en": "SF",
        "waybill_no": f"SF{shipment}",
        "status": status,
        "line_nos": line_nos,
        **moved,
    }
