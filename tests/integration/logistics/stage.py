"""What the tests of logistics play with: orders that come, callbacks that carriers sign, and drained queues."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from services.chassis.clock import FixedClock
from services.chassis.data.work import Works
from services.chassis.ids import new_id
from services.chassis.testkit import event_of
from services.chassis.webhook_signatures import signed_headers
from services.logistics.contract import LIST_SHIPMENTS, RECORD_CARRIER_CALLBACK, STOP_DISPATCH, WITHHOLD_PIECES
from services.logistics.settings import LogisticsSettings
from services.logistics.storage.tables import shipment
from services.logistics.usecases.assign_shipments import assign_waiting_shipments
from services.logistics.usecases.book_shipments import book_next_shipment, probe_failing_carrier
from services.logistics.usecases.list_shipments import list_shipments
from services.logistics.usecases.plan_dispatch import plan_dispatch
from services.logistics.usecases.put_carrier import put_carrier
from services.logistics.usecases.record_carrier_callback import record_carrier_callback
from services.logistics.usecases.stop_dispatch import stop_dispatch
from services.logistics.usecases.undo_bookings import undo_next_booking
from services.logistics.usecases.withhold_pieces import withhold_pieces
from services.orders.contract import ORDER_CONFIRMED

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SECRET, OLD_SECRET, FOREIGN_SECRET = ("whsec_" + b64encode(letter * 32).decode() for letter in (b"a", b"b", b"c"))
ADDRESS = {
    "name": "王小明", "phone": "13800000000", "province": "广东省", "city": "深圳市", "district": "南山区",
    "street": "科技园 1 号",
}  # fmt: skip


def settings(**changes: Any) -> LogisticsSettings:
    values = {"carrier_timeout_s": 0.4, "booking_retry_first_s": 5.0, "other_carrier_after": 3, **changes}
    secrets = {"swift_secret": f"{SECRET} {OLD_SECRET}", "other_secret": FOREIGN_SECRET}
    return LogisticsSettings(public_url="http://mall.test/", secrets=secrets, **values)


def configure(works: Works, code: str, endpoint: str, **changes: Any) -> dict[str, Any]:
    request = {
        "request_id": new_id("req"), "code": code, "name_zh": f"{code} 快递", "name_en": f"{code} Express",
        "adapter": "open_parcel", "endpoint": endpoint, "secret_name": "swift_secret", "coverage": [],
        "first_fen": 1000, "priority": 10, "is_active": True, "collects_cash": None, "actor": "staff:1",
        **changes,
    }  # fmt: skip
    return put_carrier(works, request)


DELIVERY_OF_KIND = {"physical": "parcel", "virtual": "code"}


def line(line_no: int, merchant_id: str, kind: str = "physical") -> dict[str, Any]:
    return {
        "line_no": line_no, "sku_id": new_id("sku"), "goods_id": new_id("gds"), "merchant_id": merchant_id,
        "kind": kind, "name_zh": "保温杯", "name_en": "Flask", "quantity": 2, "points": 100, "cash_fen": 0,
        "parts": [{"element_id": new_id("elm"), "delivery": DELIVERY_OF_KIND[kind], "quantity": 1}],
    }  # fmt: skip


def confirmed(order_id: str | None = None, lines: list[dict[str, Any]] | None = None, **changes: Any) -> Any:
    order_id = order_id or new_id("ord")
    data = {
        "order_id": order_id, "member_id": new_id("mbr"), "points": 100, "cash_fen": 0,
        "lines": lines or [line(1, new_id("mer"))], "delivery_address": ADDRESS, "confirmed_at": NOON, **changes,
    }  # fmt: skip
    return event_of(ORDER_CONFIRMED, order_id, data)


def order(works: Works, **options: Any) -> str:
    """The id of an order that has just been confirmed."""
    event = confirmed(**options)
    works.apply(event, plan_dispatch)
    return event.subject


def book_all(works: Works) -> None:
    while book_next_shipment(works):
        pass


def settle_everything(works: Works, clock: FixedClock, rounds: int = 12) -> None:
    """Run all queues while time passes, as the service does."""
    for _ in range(rounds):
        jobs = (assign_waiting_shipments, book_next_shipment, probe_failing_carrier, undo_next_booking)
        while sum(bool(job(works)) for job in jobs):
            pass
        clock.advance(seconds=60)


def shown(works: Works, order_id: str) -> list[dict[str, Any]]:
    """What list_shipments answers, in the contract's form."""
    return LIST_SHIPMENTS.dump_reply(works.run(list_shipments, {"order_id": order_id}))["shipments"]


def row_of(works: Works, order_id: str) -> Any:
    with works.begin() as work:
        return work.execute(sa.select(shipment).where(shipment.c.order_id == order_id)).one()


def stop(works: Works, order_id: str, request_id: str | None = None) -> dict[str, Any]:
    request = {"request_id": request_id or new_id("req"), "order_id": order_id, "reason": "member_changed_mind"}
    return stop_dispatch(works, STOP_DISPATCH.load_request(request))


def withhold(works: Works, order_id: str, pieces: dict[int, int], request_id: str | None = None) -> dict[str, Any]:
    """``pieces`` by number of the line."""
    lines = [{"line_no": line_no, "quantity": quantity} for line_no, quantity in pieces.items()]
    request = {"request_id": request_id or new_id("req"), "order_id": order_id, "lines": lines, "reason": "cancel"}
    return withhold_pieces(works, WITHHOLD_PIECES.load_request(request))


def scan(reference: str, waybill_no: str, status: str, minute: int = 0, **changes: Any) -> dict[str, Any]:
    """A fact as the carrier tells it, ``minute`` minutes after noon by its clock."""
    return {
        "event_id": f"evt-{waybill_no}-{status}-{minute}", "waybill_no": waybill_no, "reference": reference,
        "status": status, "occurred_at": (NOON + timedelta(minutes=minute)).isoformat(), "location": "深圳",
        "signed_by": "王小明" if status == "delivered" else None, "remark": None, **changes,
    }  # fmt: skip


def signed(content: dict[str, Any] | str, code: str = "swift", secret: str = SECRET, **changes: Any) -> dict[str, Any]:
    """The request that the gateway makes of a callback."""
    body = content if isinstance(content, str) else orjson.dumps(content).decode()
    message_id = content["event_id"] if isinstance(content, dict) else "evt-raw"
    headers = signed_headers(secret, message_id, changes.pop("sent_at", NOON), body.encode())
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    request = {"carrier": code, "body": body, **{name.replace("-", "_"): headers[name] for name in names}, **changes}
    return RECORD_CARRIER_CALLBACK.load_request(request)


def call_back(works: Works, content: dict[str, Any], **options: Any) -> str:
    return record_carrier_callback(works, signed(content, **options))["outcome"]
