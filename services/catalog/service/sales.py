"""On what terms goods are sold: limits, windows, many at once, presales."""

from typing import Any

from services.catalog import contract
from services.catalog.usecases.decide_presales import cancel_presale, change_presale, list_presales, open_presale
from services.catalog.usecases.schedule_sale import end_sale, list_sale_windows, schedule_sale
from services.catalog.usecases.set_bulk_offer import list_bulk_offers, set_bulk_offer
from services.catalog.usecases.set_limit import list_limits, set_limit
from services.chassis.bus.rpc_server import command, query

Message = dict[str, Any]


class Sales:
    works: Any

    @command(contract.SET_LIMIT)
    def set_limit(self, request: Message) -> Any:
        return self.works.once(contract.SET_LIMIT, set_limit, request)

    @query(contract.LIST_LIMITS)
    def list_limits(self, request: Message) -> Any:
        return self.works.run(list_limits, request)

    @command(contract.SCHEDULE_SALE)
    def schedule_sale(self, request: Message) -> Any:
        return self.works.once(contract.SCHEDULE_SALE, schedule_sale, request)

    @command(contract.END_SALE)
    def end_sale(self, request: Message) -> Any:
        return self.works.once(contract.END_SALE, end_sale, request)

    @query(contract.LIST_SALE_WINDOWS)
    def list_sale_windows(self, request: Message) -> Any:
        return self.works.run(list_sale_windows, request)

    @command(contract.SET_BULK_OFFER)
    def set_bulk_offer(self, request: Message) -> Any:
        return self.works.once(contract.SET_BULK_OFFER, set_bulk_offer, request)

    @query(contract.LIST_BULK_OFFERS)
    def list_bulk_offers(self, request: Message) -> Any:
        return self.works.run(list_bulk_offers, request)

    @command(contract.OPEN_PRESALE)
    def open_presale(self, request: Message) -> Any:
        return self.works.once(contract.OPEN_PRESALE, open_presale, request)

    @command(contract.CHANGE_PRESALE)
    def change_presale(self, request: Message) -> Any:
        return self.works.once(contract.CHANGE_PRESALE, change_presale, request)

    @command(contract.CANCEL_PRESALE)
    def cancel_presale(self, request: Message) -> Any:
        return self.works.once(contract.CANCEL_PRESALE, cancel_presale, request)

    @query(contract.LIST_PRESALES)
    def list_presales(self, request: Message) -> Any:
        return self.works.run(list_presales, request)
