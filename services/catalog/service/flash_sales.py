"""Flash sales: decided by operators, taken by members."""

from typing import Any

from services.catalog import contract
from services.catalog.usecases.decide_flash_sales import (
    cancel_flash_sale,
    change_flash_sale,
    get_flash_sale,
    list_flash_sales,
    open_flash_sale,
)
from services.catalog.usecases.end_flash_sales import end_flash_sales, expire_unused_tickets
from services.catalog.usecases.take_ticket import list_flash_offers, list_tickets, take_ticket
from services.chassis.bus.rpc_server import command, query
from services.chassis.jobs import every

Message = dict[str, Any]


class FlashSales:
    works: Any

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
        return self.works.once(contract.TAKE_TICKET, take_ticket, request)

    @query(contract.LIST_TICKETS)
    def list_tickets(self, request: Message) -> Any:
        return self.works.run(list_tickets, request)

    @every(seconds=1)
    def expire_unused_tickets(self) -> None:
        expire_unused_tickets(self.works)

    @every(seconds=15)
    def end_flash_sales(self) -> None:
        end_flash_sales(self.works)
