"""Counters: codes are verified, goods are handed over."""

from typing import Any

from services.catalog import contract
from services.catalog.usecases.find_halls import find_halls
from services.catalog.usecases.hand_over import find_waiting, hand_over_goods, list_waiting, stop_hand_over
from services.catalog.usecases.verify_codes import find_code, list_verifications, undo_verification, verify_code
from services.chassis.bus.rpc_server import command, query

Message = dict[str, Any]


class Counters:
    works: Any

    @query(contract.FIND_CODE)
    def find_code(self, request: Message) -> Any:
        return find_code(self.works, request)

    @command(contract.VERIFY_CODE)
    def verify_code(self, request: Message) -> Any:
        return self.works.once(contract.VERIFY_CODE, verify_code, request)

    @command(contract.UNDO_VERIFICATION)
    def undo_verification(self, request: Message) -> Any:
        return self.works.once(contract.UNDO_VERIFICATION, undo_verification, request)

    @query(contract.LIST_VERIFICATIONS)
    def list_verifications(self, request: Message) -> Any:
        return self.works.run(list_verifications, request)

    @query(contract.FIND_HALLS)
    def find_halls(self, request: Message) -> Any:
        return self.works.run(find_halls, request)

    @query(contract.FIND_WAITING)
    def find_waiting(self, request: Message) -> Any:
        return find_waiting(self.works, request)

    @command(contract.HAND_OVER_GOODS)
    def hand_over_goods(self, request: Message) -> Any:
        return self.works.once(contract.HAND_OVER_GOODS, hand_over_goods, request)

    @query(contract.LIST_WAITING)
    def list_waiting(self, request: Message) -> Any:
        return self.works.run(list_waiting, request)

    @command(contract.STOP_HAND_OVER)
    def stop_hand_over(self, request: Message) -> Any:
        return self.works.once(contract.STOP_HAND_OVER, stop_hand_over, request)
