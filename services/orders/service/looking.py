"""Orders as members, staff and neighbours see them."""

from typing import Any

from services.chassis.bus.rpc_server import query
from services.orders import contract
from services.orders.usecases.find_orders import find_orders
from services.orders.usecases.look_up_orders import check_order, get_order, get_purchase, get_timeline
from services.orders.usecases.order_record import get_order_record

Request = dict[str, Any]


class Looking:
    works: Any

    @query(contract.GET_PURCHASE)
    def get_purchase(self, request: Request) -> Any:
        return self.works.run(get_purchase, request)

    @query(contract.GET_ORDER)
    def get_order(self, request: Request) -> Any:
        return self.works.run(get_order, request)

    @query(contract.LIST_ORDERS)
    def list_orders(self, request: Request) -> Any:
        return self.works.run(find_orders, request)

    @query(contract.GET_TIMELINE)
    def get_timeline(self, request: Request) -> Any:
        return self.works.run(get_timeline, request)

    @query(contract.FIND_ORDERS)
    def find_orders(self, request: Request) -> Any:
        return self.works.run(find_orders, request)

    @query(contract.GET_ORDER_RECORD)
    def get_order_record(self, request: Request) -> Any:
        return self.works.run(get_order_record, request)

    @query(contract.CHECK_ORDER)
    def check_order(self, request: Request) -> Any:
        return self.works.run(check_order, request)
