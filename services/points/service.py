"""The door of the points service."""

from typing import Any

from services.chassis.bus.providers import WorksProvider
from services.chassis.bus.rpc_server import command, query
from services.chassis.bus.subscribe import subscribe
from services.chassis.data.work import ReceivedEvent
from services.chassis.health import Health
from services.chassis.jobs import every
from services.members import contract as members
from services.orders import contract as orders
from services.points import contract
from services.points.usecases.accrue_points import accrue_points
from services.points.usecases.capture_hold import capture_hold
from services.points.usecases.follow_member_state import follow_member_state
from services.points.usecases.follow_orders import capture_for_confirmed_order, return_points_of_ended_order
from services.points.usecases.get_balance import get_balance
from services.points.usecases.get_bill_run import get_bill_run
from services.points.usecases.hold_points import hold_points
from services.points.usecases.list_statement import list_statement
from services.points.usecases.open_accounts import open_accounts
from services.points.usecases.prepare_partitions import prepare_entry_partitions
from services.points.usecases.refund_points import refund_points
from services.points.usecases.release_hold import release_hold
from services.points.usecases.settle_overdue_holds import settle_overdue_holds


class PointsService:
    """Commands run by ``works.run``: their journal remembers the answer, so a second memory is not wanted."""

    name = contract.SERVICE
    works = WorksProvider()
    health = Health()

    @command(contract.ACCRUE_POINTS)
    def accrue_points(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(accrue_points, request)

    @command(contract.HOLD_POINTS)
    def hold_points(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(hold_points, request)

    @command(contract.CAPTURE_HOLD)
    def capture_hold(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(capture_hold, request)

    @command(contract.RELEASE_HOLD)
    def release_hold(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(release_hold, request)

    @command(contract.REFUND_POINTS)
    def refund_points(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(refund_points, request)

    @query(contract.GET_BALANCE)
    def get_balance(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(get_balance, request)

    @query(contract.LIST_STATEMENT)
    def list_statement(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(list_statement, request)

    @query(contract.GET_BILL_RUN)
    def get_bill_run(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(get_bill_run, request)

    @subscribe(members.MEMBERS_ENROLLED)
    def on_members_enrolled(self, event: ReceivedEvent) -> None:
        self.works.apply(event, open_accounts)

    @subscribe(members.STATE_CHANGED)
    def on_member_state_changed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, follow_member_state)

    @subscribe(orders.ORDER_CONFIRMED)
    def on_order_confirmed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, capture_for_confirmed_order)

    @subscribe(orders.ORDER_CLOSED)
    def on_order_closed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, return_points_of_ended_order)

    @subscribe(orders.ORDER_CANCELLED)
    def on_order_cancelled(self, event: ReceivedEvent) -> None:
        self.works.apply(event, return_points_of_ended_order)

    @every(seconds=15)
    def settle_overdue_holds(self) -> None:
        settle_overdue_holds(self.works)

    @every(seconds=86_400)
    def prepare_entry_partitions(self) -> None:
        prepare_entry_partitions(self.works)
