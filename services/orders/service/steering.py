"""What a person decides of an order, and partners that switch things on."""

from typing import Any

from services.chassis.bus.rpc_server import command, query
from services.orders import contract
from services.orders.usecases.approve_order import approve_order, refuse_order
from services.orders.usecases.cancel_order import cancel_order
from services.orders.usecases.confirm_receipt import confirm_receipt
from services.orders.usecases.put_provisioner import list_provisioners, put_provisioner
from services.orders.usecases.record_provisioning_callback import record_provisioning_callback
from services.orders.usecases.unstick_order import replay_order, unstick_order

Request = dict[str, Any]


class Steering:
    works: Any

    @command(contract.CANCEL_ORDER)
    def cancel_order(self, request: Request) -> Any:
        return cancel_order(self.works, request)

    @command(contract.CONFIRM_RECEIPT)
    def confirm_receipt(self, request: Request) -> Any:
        return self.works.once(contract.CONFIRM_RECEIPT, confirm_receipt, request)

    @command(contract.MOVE_ORDER)
    def move_order(self, request: Request) -> Any:
        return self.works.once(contract.MOVE_ORDER, unstick_order, request)

    @command(contract.APPROVE_ORDER)
    def approve_order(self, request: Request) -> Any:
        return self.works.once(contract.APPROVE_ORDER, approve_order, request)

    @command(contract.REFUSE_ORDER)
    def refuse_order(self, request: Request) -> Any:
        return self.works.once(contract.REFUSE_ORDER, refuse_order, request)

    @command(contract.REPLAY_ORDER)
    def replay_order(self, request: Request) -> Any:
        return self.works.once(contract.REPLAY_ORDER, replay_order, request)

    @command(contract.RECORD_PROVISIONING_CALLBACK)
    def record_provisioning_callback(self, request: Request) -> Any:
        return record_provisioning_callback(self.works, request)

    @command(contract.PUT_PROVISIONER)
    def put_provisioner(self, request: Request) -> Any:
        return self.works.once(contract.PUT_PROVISIONER, put_provisioner, request)

    @query(contract.LIST_PROVISIONERS)
    def list_provisioners(self, request: Request) -> Any:
        return self.works.run(list_provisioners, request)
