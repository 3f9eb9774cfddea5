"""Flash sales: decided by operators, taken by members."""

from typing import Any

from services.catalog import contract
from services.catalog.settings import read_catalog_settings
from services.catalog.usecases.admit_takers import Admission, take_ticket_in_turn
from services.catalog.usecases.decide_flash_sales import (
    cancel_flash_sale,
    change_flash_sale,
    get_flash_sale,
    list_flash_sales,
    open_flash_sale,
)
from services.catalog.usecases.end_flash_sales import end_flash_sales, expire_unused_tickets
from services.catalog.usecases.take_ticket import list_flash_offers, list_tickets
from services.chassis.bus.rpc_server import command, query
from services.chassis.jobs import every
from services.chassis.resources import Resource

Message = dict[str, Any]


class FlashSales:
    works: Any
    admission = Resource(lambda works: Admission(works.settings), read_catalog_settings)

    @command(contract.OPEN_FLASH_SALE)
    def open_flash_sale(self, request: Message) -> Any:
        return self.works.once(contract.OPEN_FLASH_SALE, open_flash_sale, request)

    @command(contract.CHANGE_FLASH_SALE)
    def change_flash_sale(self, request: Message) -> Any:
        return self.works.once(contract.CHANGE_FLASH_SALE, change_flash_sale, request)

    @command(contract.CANCEL_FLASH_SALE)
    def cancel_flash_sale(self, request: Message) -> Any:
        return self.works.once(contract.CANCEL_FLASH_SALE, cancel_flash_sale, request)

    @query(contract.LIST_FLASH_SALES)
    def list_flash_sales(self, request: Message) -> Any:
        return self.works.run(list_flash_sales, request)

    @query(contract.GET_FLASH_SALE)
    def get_flash_sale(self, request: Message) -> Any:
        return self.works.run(get_flash_sale, request)

    @query(contract.LIST_FLASH_OFFERS)
    def list_flash_offers(self, request: Message) -> Any:
        return self.works.run(list_flash_offers, request)

    @command(contract.TAKE_TICKET)
    def take_ticket(self, request: Message) -> Any:
        return take_ticket_in_turn(self.works, self.admission, request)

    @query(contract.LIST_TICKETS)
    def list_tickets(self, request: Message) -> Any:
        return self.works.run(list_tickets, request)

    @every(seconds=5)
    def expire_unused_tickets(self) -> None:
        expire_unused_tickets(self.works)

    @every(seconds=15)
    def end_flash_sales(self) -> None:
        end_flash_sales(self.works)
