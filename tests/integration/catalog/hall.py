"""A business hall as tests need it: what is sold there, and its counter."""

import sqlalchemy as sa

from services.catalog import contract
from services.catalog.contract import own_element
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.hand_over import find_waiting, hand_over_goods, list_waiting
from services.chassis.ids import new_id
from services.chassis.testkit import emitted
from tests.integration.catalog.shop import confirmed, new_order, place_of, receive, reserve, stocked


class Hall:
    """A hall with some of a SKU that no warehouse has, and a counter."""

    def __init__(self, works, stock=10):
        self.works, self.key_id = works, new_id("stk")
        self.place_id, self.sku_id = place_of(works, kind="hall"), stocked(works, 0)
        if stock:
            receive(works, own_element(self.sku_id), stock, self.place_id)

    def sells(self, quantity=1, order_id=None):
        order_id = order_id or new_order()
        reserve(self.works, order_id, (self.sku_id, quantity), hall=self.place_id, waits=True)
        return order_id

    def prepares(self, quantity=1):
        """(order, code)"""
        order_id = self.sells(quantity)
        self.works.apply(self.confirmed(order_id, quantity), commit_confirmed_order)
        return order_id, self.code_of(order_id)

    def confirmed(self, order_id, quantity=1):
        event = confirmed(order_id, (self.sku_id, quantity))
        event.data["pick_up_at"] = self.place_id
        return event

    def code_of(self, order_id):
        told = emitted(self.works.engine, contract.PICK_UP_PREPARED)
        [code] = [event["data"]["code"] for event in told if event["subject"] == order_id]
        return code

    def _told(self, code, **more):
        return {"place_id": self.place_id, "key_id": self.key_id, "code": code, **more}

    def finds(self, code):
        return find_waiting(self.works, contract.FIND_WAITING.load_request(self._told(code)))

    def hands_over(self, code, request_id=None):
        asked = contract.HAND_OVER_GOODS.load_request(self._told(code, request_id=request_id or new_id("req")))
        return self.works.once(contract.HAND_OVER_GOODS, hand_over_goods, asked)

    def shows(self, **page):
        asked = contract.LIST_WAITING.load_request({"place_id": self.place_id, **page})
        return contract.LIST_WAITING.dump_reply(self.works.run(list_waiting, asked))["waiting"]

    @property
    def level(self):
        statement = sa.text("SELECT on_hand, reserved FROM stock_level WHERE element_id = :e AND place_id = :p")
        with self.works.engine.connect() as connection:
            found = connection.execute(statement, {"e": own_element(self.sku_id), "p": self.place_id})
            return tuple(found.one())
