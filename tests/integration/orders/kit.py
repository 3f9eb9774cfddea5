"""A small mall around the orders service: neighbours that answer by contract, a provider with a memory."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.catalog import contract as catalog
from services.chassis.clock import FixedClock
from services.chassis.contract import Event
from services.chassis.data.work import Works
from services.chassis.ids import derived_id, new_id
from services.chassis.testkit import ScriptedRpc, event_of, works_on
from services.logistics import contract as logistics
from services.orders import contract
from services.orders.domain.provider import (
    Notice,
    NoticeNotGenuine,
    PaymentToStart,
    ProviderUnavailable,
    RefundResult,
    Trade,
)
from services.orders.settings import OrdersSettings
from services.orders.usecases.cancel_order import cancel_order
from services.orders.usecases.check_invariants import check_invariants
from services.orders.usecases.close_unpaid import close_unpaid
from services.orders.usecases.complete_order import confirm_receipt
from services.orders.usecases.place_order import place_order
from services.orders.usecases.record_fulfilment import record_codes, record_shipment_fact
from services.orders.usecases.record_payment_notice import record_payment_notice
from services.orders.usecases.record_points_movement import (
    record_points_captured,
    record_points_refunded,
    record_points_released,
)
from services.orders.usecases.settle_refunds import settle_refunds
from services.orders.usecases.start_payment import start_payment
from services.points import contract as points

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
PHONE, RICE = derived_id("sku", "phone"), derived_id("sku", "rice")
TOP_UP = derived_id("sku", "top-up")
# What a piece costs: (kind, points, fen)
GOODS = {PHONE: ("physical", 500, 9900), RICE: ("physical", 300, 0), TOP_UP: ("virtual", 1000, 0)}
ADDRESS = {
    "name": "王芳",
    "phone": "13800000000",
    "province": "广东省",
    "city": "深圳市",
    "district": "南山区",
    "street": "科技园路 1 号",
}
HANDLERS = {
    points.HOLD_CAPTURED: record_points_captured,
    points.HOLD_RELEASED: record_points_released,
    points.POINTS_REFUNDED: record_points_refunded,
    catalog.CODES_ISSUED: record_codes,
    logistics.SHIPMENT_DISPATCHED: record_shipment_fact,
    logistics.SHIPMENT_MOVED: record_shipment_fact,
    logistics.SHIPMENT_DELIVERED: record_shipment_fact,
}


class ProviderWithMemory:
    """A payment provider that keeps its trades straight under concurrent use, and can be made to fall silent."""

    def __init__(self) -> None:
        self.trades: dict[str, Trade] = {}
        self.refunds: dict[str, int] = {}
        self.refund_calls = 0
        self.refuses_refunds: str | None = None
        self.is_silent = False
        self.silence_after_acting = False
        self.lock = threading.Lock()

    def pay_url(self, payment: PaymentToStart) -> str:
        return f"https://provider.example/pay?no={payment.payment_id}&amount={payment.amount_fen}"

    def open(self, payment_id: str, amount_fen: int) -> None:
        with self.lock:
            self.trades.setdefault(payment_id, Trade("waiting", f"trade-{payment_id}", amount_fen))

    def pay(self, payment_id: str) -> dict[str, str] | None:
        """What the buyer does at the cashier: the notice of it, or None if the trade is closed."""
        with self.lock:
            trade = self.trades[payment_id]
            if trade.status == "closed":
                return None
            self.trades[payment_id] = Trade("paid", trade.trade_no, trade.amount_fen)
            return notice_form(payment_id, amount_fen=trade.amount_fen)

    def read_notice(self, form: Mapping[str, str]) -> Notice:
        if form.get("sign") != "genuine":
            raise NoticeNotGenuine("wrong signature")
        trade = Trade(form["status"], form["trade_no"], int(form["amount_fen"]))
        return Notice(form["notify_id"], form["payment_id"], trade)

    def find_trade(self, payment_id: str) -> Trade:
        self._speak()
        with self.lock:
            return self.trades.get(payment_id, Trade("absent"))

    def close_trade(self, payment_id: str) -> None:
        self._speak()
        with self.lock:
            trade = self.trades[payment_id]
            if trade.status == "waiting":
                self.trades[payment_id] = Trade("closed", trade.trade_no, trade.amount_fen)

    def refund(self, payment_id: str, refund_id: str, amount_fen: int, reason: str) -> RefundResult:
        self._speak()
        if self.refuses_refunds:
            return RefundResult(False, self.refuses_refunds)
        with self.lock:
            self.refund_calls += 1
            self.refunds[refund_id] = amount_fen
        if self.silence_after_acting:
            raise ProviderUnavailable("timed out")
        return RefundResult(True)

    def is_refunded(self, payment_id: str, refund_id: str) -> bool:
        self._speak()
        return refund_id in self.refunds

    def _speak(self) -> None:
        if self.is_silent:
            raise ProviderUnavailable("no answer")


def notice_form(payment_id: str, amount_fen: int, status: str = "paid", **changes: str) -> dict[str, str]:
    form = {
        "notify_id": f"notice-{payment_id}-{status}",
        "payment_id": payment_id,
        "status": status,
        "trade_no": f"trade-{payment_id}",
        "amount_fen": str(amount_fen),
        "sign": "genuine",
    }
    return form | changes


def quoted(request: dict[str, Any]) -> dict[str, Any]:
    lines = [quoted_line(line) for line in request["lines"]]
    return {
        "lines": lines,
        "points": sum(line["points"] for line in lines),
        "cash_fen": sum(line["cash_fen"] for line in lines),
    }


def quoted_line(line: dict[str, Any]) -> dict[str, Any]:
    kind, unit_points, unit_fen = GOODS[line["sku_id"]]
    return {
        **line,
        "goods_id": derived_id("gds", line["sku_id"]),
        "merchant_id": derived_id("mer", "one"),
        "kind": kind,
        "name_zh": "商品",
        "name_en": "Goods",
        "unit_points": unit_points,
        "unit_cash_fen": unit_fen,
        "points": unit_points * line["quantity"],
        "cash_fen": unit_fen * line["quantity"],
    }


@dataclass
class Shop:
    """The orders service with its use cases as a client calls them. ``engine`` is a database of its own."""

    engine: sa.Engine
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOON))
    provider: ProviderWithMemory = field(default_factory=ProviderWithMemory)
    member_id: str = field(default_factory=lambda: new_id("mbr"))

    def __post_init__(self) -> None:
        self.rpc = ScriptedRpc(
            {
                catalog.QUOTE_LINES: quoted,
                catalog.RESERVE_STOCK: self._held,
                points.HOLD_POINTS: lambda request: self._held(request) | {"points": request["points"], "available": 0},
                catalog.RELEASE_STOCK: lambda request: {"order_id": request["order_id"], "units": 1},
                points.RELEASE_HOLD: lambda request: {"order_id": request["order_id"], "points": 1},
                logistics.STOP_DISPATCH: lambda request: {"order_id": request["order_id"], "shipments": 1},
            }
        )

    def _held(self, request: dict[str, Any]) -> dict[str, Any]:
        expires_at = self.clock.now() + timedelta(seconds=request["expires_in_s"])
        return {"order_id": request["order_id"], "expires_at": expires_at}

    @property
    def works(self) -> Works:
        return works_on(self.engine, self.clock, self.rpc, OrdersSettings({"alipay": self.provider}))

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
            "expected": {"points": total["points"], "cash_fen": total["cash_fen"]},
            "payment_provider": "alipay" if total["cash_fen"] else None,
            "delivery_address": ADDRESS,
        }
        return contract.PLACE_ORDER.load_request(request | changes)

    def place(self, *lines: tuple[str, int], **changes: Any) -> dict[str, Any]:
        return place_order(self.works, self.request(*lines, **changes))

    def start_payment(self, order: dict[str, Any]) -> dict[str, Any]:
        request = {"request_id": new_id("req"), **self.of(order), "return_url": None}
        started = start_payment(self.works, request)
        self.provider.open(started["payment_id"], started["amount_fen"])
        return started

    def notify(self, form: dict[str, str], provider: str = "alipay") -> str:
        return record_payment_notice(self.works, {"provider": provider, "fields_received": form})["outcome"]

    def pay(self, order: dict[str, Any]) -> dict[str, str]:
        """Start and pay, notice included; returns the notice."""
        form = self.provider.pay(self.start_payment(order)["payment_id"])
        assert form is not None
        self.notify(form)
        return form

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

    def hear_points(self, event: Event, order: dict[str, Any], amount: int) -> bool:
        reason = {"reason": "time_out"} if event is points.HOLD_RELEASED else {}
        return self.hear(event, order, points=amount, available=0, **reason)

    def run_jobs(self) -> None:
        while close_unpaid(self.works) or settle_refunds(self.works):
            pass

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

    def of(self, order: dict[str, Any]) -> dict[str, str]:
        return {"member_id": self.member_id, "order_id": order["order_id"]}

    def broken_invariants(self) -> list[dict[str, Any]]:
        with self.works.begin() as work:
            return [check for check in check_invariants(work) if not check["ok"]]


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
