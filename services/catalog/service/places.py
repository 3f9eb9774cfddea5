"""Places, which of them sends, and what goes from one to another."""

from typing import Any

from services.catalog import contract
from services.catalog.service.random_codes import once_with_codes
from services.catalog.usecases.import_places import import_places
from services.catalog.usecases.list_consignments import list_consignments
from services.catalog.usecases.list_places import list_places
from services.catalog.usecases.move_consignment import cancel_consignment, dispatch_consignment, receive_consignment
from services.catalog.usecases.open_consignment import open_consignment
from services.catalog.usecases.set_allocation_policy import list_allocation_policies, set_allocation_policy
from services.catalog.usecases.set_place_state import set_place_state
from services.chassis.bus.rpc_server import command, query

Message = dict[str, Any]


class Places:
    works: Any

    @command(contract.IMPORT_PLACES)
    def import_places(self, request: Message) -> Any:
        return self.works.once(contract.IMPORT_PLACES, import_places, request)

    @command(contract.SET_PLACE_STATE)
    def set_place_state(self, request: Message) -> Any:
        return self.works.once(contract.SET_PLACE_STATE, set_place_state, request)

    @query(contract.LIST_PLACES)
    def list_places(self, request: Message) -> Any:
        return self.works.run(list_places, request)

    @command(contract.SET_ALLOCATION_POLICY)
    def set_allocation_policy(self, request: Message) -> Any:
        return self.works.once(contract.SET_ALLOCATION_POLICY, set_allocation_policy, request)

    @query(contract.LIST_ALLOCATION_POLICIES)
    def list_allocation_policies(self, request: Message) -> Any:
        return self.works.run(list_allocation_policies, request)

    @command(contract.OPEN_CONSIGNMENT)
    def open_consignment(self, request: Message) -> Any:
        return self.works.once(contract.OPEN_CONSIGNMENT, open_consignment, request)

    @command(contract.DISPATCH_CONSIGNMENT)
    def dispatch_consignment(self, request: Message) -> Any:
        return self.works.once(contract.DISPATCH_CONSIGNMENT, dispatch_consignment, request)

    @command(contract.RECEIVE_CONSIGNMENT)
    def receive_consignment(self, request: Message) -> Any:
        return once_with_codes(self.works, contract.RECEIVE_CONSIGNMENT, receive_consignment, request)

    @command(contract.CANCEL_CONSIGNMENT)
    def cancel_consignment(self, request: Message) -> Any:
        return self.works.once(contract.CANCEL_CONSIGNMENT, cancel_consignment, request)

    @query(contract.LIST_CONSIGNMENTS)
    def list_consignments(self, request: Message) -> Any:
        return self.works.run(list_consignments, request)
