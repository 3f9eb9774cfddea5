"""After the sale."""

from typing import Any

from services.chassis.bus.rpc_server import command, query
from services.orders import contract
from services.orders.usecases.aftersale.cancel_pieces import cancel_pieces
from services.orders.usecases.aftersale.decide_case import approve_case, reject_case
from services.orders.usecases.aftersale.dispute_case import decide_dispute, dispute_case
from services.orders.usecases.aftersale.look_up_cases import find_cases, get_case, list_case_reasons, list_cases
from services.orders.usecases.aftersale.open_case import open_case
from services.orders.usecases.aftersale.receive_at_place import receive_at_place
from services.orders.usecases.aftersale.send_goods_back import send_goods_back
from services.orders.usecases.aftersale.unstick_case import unstick_case
from services.orders.usecases.aftersale.withdraw_case import withdraw_case

Request = dict[str, Any]


class Cases:
    works: Any

    @command(contract.OPEN_CASE)
    def open_case(self, request: Request) -> Any:
        return self.works.once(contract.OPEN_CASE, open_case, request)

    @command(contract.CANCEL_PIECES)
    def cancel_pieces(self, request: Request) -> Any:
        return self.works.once(contract.CANCEL_PIECES, cancel_pieces, request)

    @query(contract.GET_CASE)
    def get_case(self, request: Request) -> Any:
        return self.works.run(get_case, request)

    @query(contract.LIST_CASES)
    def list_cases(self, request: Request) -> Any:
        return self.works.run(list_cases, request)

    @query(contract.FIND_CASES)
    def find_cases(self, request: Request) -> Any:
        return self.works.run(find_cases, request)

    @query(contract.LIST_CASE_REASONS)
    def list_case_reasons(self, request: Request) -> Any:
        return self.works.run(list_case_reasons, request)

    @command(contract.WITHDRAW_CASE)
    def withdraw_case(self, request: Request) -> Any:
        return self.works.once(contract.WITHDRAW_CASE, withdraw_case, request)

    @command(contract.APPROVE_CASE)
    def approve_case(self, request: Request) -> Any:
        return self.works.once(contract.APPROVE_CASE, approve_case, request)

    @command(contract.REJECT_CASE)
    def reject_case(self, request: Request) -> Any:
        return self.works.once(contract.REJECT_CASE, reject_case, request)

    @command(contract.SEND_GOODS_BACK)
    def send_goods_back(self, request: Request) -> Any:
        return self.works.once(contract.SEND_GOODS_BACK, send_goods_back, request)

    @command(contract.RECEIVE_GOODS)
    def receive_goods(self, request: Request) -> Any:
        return receive_at_place(self.works, request)

    @command(contract.MOVE_CASE)
    def move_case(self, request: Request) -> Any:
        return self.works.once(contract.MOVE_CASE, unstick_case, request)

    @command(contract.DISPUTE_CASE)
    def dispute_case(self, request: Request) -> Any:
        return self.works.once(contract.DISPUTE_CASE, dispute_case, request)

    @command(contract.DECIDE_DISPUTE)
    def decide_dispute(self, request: Request) -> Any:
        return self.works.once(contract.DECIDE_DISPUTE, decide_dispute, request)
