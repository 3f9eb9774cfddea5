"""From the cart to the order."""

from typing import Any

from services.chassis.bus.rpc_server import command, query
from services.orders import contract
from services.orders.usecases.fill_cart import change_cart_line, get_cart, put_in_cart, remove_from_cart
from services.orders.usecases.place_order import place_order, place_purchase
from services.orders.usecases.quote_order import quote_order

Request = dict[str, Any]


class Placing:
    works: Any

    @query(contract.QUOTE_ORDER)
    def quote_order(self, request: Request) -> Any:
        return quote_order(self.works, request)

    @command(contract.PLACE_ORDER)
    def place_order(self, request: Request) -> Any:
        return place_order(self.works, request)

    @command(contract.PUT_IN_CART)
    def put_in_cart(self, request: Request) -> Any:
        return put_in_cart(self.works, request)

    @command(contract.CHANGE_CART_LINE)
    def change_cart_line(self, request: Request) -> Any:
        return self.works.once(contract.CHANGE_CART_LINE, change_cart_line, request)

    @command(contract.REMOVE_FROM_CART)
    def remove_from_cart(self, request: Request) -> Any:
        return self.works.once(contract.REMOVE_FROM_CART, remove_from_cart, request)

    @query(contract.GET_CART)
    def get_cart(self, request: Request) -> Any:
        return get_cart(self.works, request)

    @command(contract.PLACE_PURCHASE)
    def place_purchase(self, request: Request) -> Any:
        return place_purchase(self.works, request)
