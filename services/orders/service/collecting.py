"""The door of orders to cash from the door: what carriers pay over of it, and what is paid out again."""

from typing import Any

from services.chassis.bus.rpc_server import command, query
from services.orders import contract
from services.orders.usecases.pay_out import find_payouts, get_payout, record_payout
from services.orders.usecases.remittances.decide_difference import (
    ask_write_off,
    decide_write_off,
    explain_remittance_difference,
)
from services.orders.usecases.remittances.look_at_remittances import list_remittance_differences, list_remittances
from services.orders.usecases.remittances.record_remittance import record_remittance

Request = dict[str, Any]


class Collecting:
    works: Any

    @command(contract.RECORD_REMITTANCE)
    def record_remittance(self, request: Request) -> Any:
        return self.works.once(contract.RECORD_REMITTANCE, record_remittance, request)

    @query(contract.LIST_REMITTANCES)
    def list_remittances(self, request: Request) -> Any:
        return self.works.run(list_remittances, request)

    @query(contract.LIST_REMITTANCE_DIFFERENCES)
    def list_remittance_differences(self, request: Request) -> Any:
        return self.works.run(list_remittance_differences, request)

    @command(contract.EXPLAIN_REMITTANCE_DIFFERENCE)
    def explain_remittance_difference(self, request: Request) -> Any:
        return self.works.once(contract.EXPLAIN_REMITTANCE_DIFFERENCE, explain_remittance_difference, request)

    @command(contract.ASK_WRITE_OFF)
    def ask_remittance_write_off(self, request: Request) -> Any:
        return self.works.once(contract.ASK_WRITE_OFF, ask_write_off, request)

    @command(contract.DECIDE_WRITE_OFF)
    def decide_remittance_write_off(self, request: Request) -> Any:
        return self.works.once(contract.DECIDE_WRITE_OFF, decide_write_off, request)

    @query(contract.LIST_PAYOUTS)
    def list_payouts(self, request: Request) -> Any:
        return self.works.run(find_payouts, request)

    @query(contract.GET_PAYOUT)
    def get_payout(self, request: Request) -> Any:
        return self.works.run(get_payout, request)

    @command(contract.CONFIRM_PAYOUT)
    def confirm_payout(self, request: Request) -> Any:
        return self.works.once(contract.CONFIRM_PAYOUT, record_payout, request)
