"""Stock: held for orders, received, and codes."""

from typing import Any

from services.catalog import contract
from services.catalog.service.random_codes import once_with_codes
from services.catalog.usecases.commit_stock import commit_stock
from services.catalog.usecases.import_codes import import_codes
from services.catalog.usecases.receive_stock import receive_stock
from services.catalog.usecases.release_stock import release_stock
from services.catalog.usecases.reserve_stock import reserve_stock
from services.catalog.usecases.void_codes import void_codes
from services.catalog.usecases.withdraw_codes import withdraw_codes
from services.catalog.usecases.withhold_pieces import withhold_pieces
from services.chassis.bus.rpc_server import command

Message = dict[str, Any]


class Stock:
    works: Any

    @command(contract.RESERVE_STOCK)
    def reserve_stock(self, request: Message) -> Any:
        return self.works.once(contract.RESERVE_STOCK, reserve_stock, request)

    @command(contract.COMMIT_STOCK)
    def commit_stock(self, request: Message) -> Any:
        return self.works.once(contract.COMMIT_STOCK, commit_stock, request)

    @command(contract.RELEASE_STOCK)
    def release_stock(self, request: Message) -> Any:
        return self.works.once(contract.RELEASE_STOCK, release_stock, request)

    @command(contract.RECEIVE_STOCK)
    def receive_stock(self, request: Message) -> Any:
        return once_with_codes(self.works, contract.RECEIVE_STOCK, receive_stock, request)

    @command(contract.IMPORT_CODES)
    def import_codes(self, request: Message) -> Any:
        return self.works.once(contract.IMPORT_CODES, import_codes, request)

    @command(contract.WITHDRAW_CODES)
    def withdraw_codes(self, request: Message) -> Any:
        return self.works.once(contract.WITHDRAW_CODES, withdraw_codes, request)

    @command(contract.VOID_CODES)
    def void_codes(self, request: Message) -> Any:
        return self.works.once(contract.VOID_CODES, void_codes, request)

    @command(contract.WITHHOLD_PIECES)
    def withhold_pieces(self, request: Message) -> Any:
        return self.works.once(contract.WITHHOLD_PIECES, withhold_pieces, request)
