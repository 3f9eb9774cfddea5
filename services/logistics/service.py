"""The door of logistics."""

from typing import Any

from services.chassis.bus.providers import WorksProvider
from services.chassis.bus.rpc_server import command, query
from services.chassis.bus.subscribe import subscribe
from services.chassis.data.work import ReceivedEvent
from services.chassis.health import Health
from services.chassis.jobs import drain, every
from services.logistics import contract
from services.logistics.settings import read_logistics_settings
from services.logistics.usecases.ask_silent_carriers import ask_silent_carriers
from services.logistics.usecases.assign_shipments import assign_waiting_shipments
from services.logistics.usecases.book_shipments import book_next_shipment, probe_failing_carrier
from services.logistics.usecases.check_collection import check_collection
from services.logistics.usecases.list_carriers import list_carriers
from services.logistics.usecases.list_shipments import list_shipments
from services.logistics.usecases.plan_dispatch import plan_dispatch
from services.logistics.usecases.put_carrier import put_carrier
from services.logistics.usecases.record_carrier_callback import record_carrier_callback
from services.logistics.usecases.stop_dispatch import stop_dispatch
from services.logistics.usecases.undo_bookings import undo_next_booking
from services.logistics.usecases.withhold_pieces import withhold_pieces
from services.orders.contract import ORDER_ALLOTTED, ORDER_CONFIRMED

Request = dict[str, Any]


class LogisticsService:
    name = contract.SERVICE
    works = WorksProvider(read_logistics_settings)
    health = Health()

    @subscribe(ORDER_CONFIRMED)
    def on_order_confirmed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, plan_dispatch)

    @subscribe(ORDER_ALLOTTED)
    def on_order_allotted(self, event: ReceivedEvent) -> None:
        self.works.apply(event, plan_dispatch)

    @command(contract.STOP_DISPATCH)
    def stop_dispatch(self, request: Request) -> Any:
        return stop_dispatch(self.works, request)

    @command(contract.WITHHOLD_PIECES)
    def withhold_pieces(self, request: Request) -> Any:
        return withhold_pieces(self.works, request)

    @command(contract.RECORD_CARRIER_CALLBACK)
    def record_carrier_callback(self, request: Request) -> Any:
        return record_carrier_callback(self.works, request)

    @command(contract.PUT_CARRIER)
    def put_carrier(self, request: Request) -> Any:
        return put_carrier(self.works, request)

    @query(contract.LIST_SHIPMENTS)
    def list_shipments(self, request: Request) -> Any:
        return self.works.run(list_shipments, request)

    @query(contract.LIST_CARRIERS)
    def list_carriers(self, request: Request) -> Any:
        return self.works.run(list_carriers, request)

    @query(contract.CHECK_COLLECTION)
    def check_collection(self, request: Request) -> Any:
        return self.works.run(check_collection, request)

    @drain()
    def book_shipments(self) -> bool:
        return book_next_shipment(self.works)

    @drain()
    def probe_failing_carriers(self) -> bool:
        return probe_failing_carrier(self.works)

    @drain(idle_s=2.0)
    def assign_waiting_shipments(self) -> bool:
        return assign_waiting_shipments(self.works)

    @drain(idle_s=2.0)
    def undo_unwanted_bookings(self) -> bool:
        return undo_next_booking(self.works)

    @every(seconds=60)
    def ask_silent_carriers(self) -> None:
        ask_silent_carriers(self.works)
