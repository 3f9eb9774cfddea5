"""Goods as they are shown, quoted and brought along."""

from typing import Any

from services.catalog import contract
from services.catalog.service.random_codes import once_with_codes
from services.catalog.usecases.check_lines import check_lines
from services.catalog.usecases.get_goods import get_goods
from services.catalog.usecases.get_picture import get_picture
from services.catalog.usecases.import_catalog import import_catalog
from services.catalog.usecases.list_categories import list_categories
from services.catalog.usecases.list_goods import list_goods
from services.catalog.usecases.quote_lines import quote_lines
from services.chassis.bus.rpc_server import command, query

Message = dict[str, Any]


class Shelves:
    works: Any

    @query(contract.LIST_CATEGORIES)
    def list_categories(self, request: Message) -> Any:
        return self.works.run(list_categories, request)

    @query(contract.LIST_GOODS)
    def list_goods(self, request: Message) -> Any:
        return self.works.run(list_goods, request)

    @query(contract.GET_GOODS)
    def get_goods(self, request: Message) -> Any:
        return self.works.run(get_goods, request)

    @query(contract.GET_PICTURE)
    def get_picture(self, request: Message) -> Any:
        return self.works.run(get_picture, request)

    @query(contract.QUOTE_LINES)
    def quote_lines(self, request: Message) -> Any:
        return self.works.run(quote_lines, request)

    @query(contract.CHECK_LINES)
    def check_lines(self, request: Message) -> Any:
        return self.works.run(check_lines, request)

    @command(contract.IMPORT_CATALOG)
    def import_catalog(self, request: Message) -> Any:
        return once_with_codes(self.works, contract.IMPORT_CATALOG, import_catalog, request)
