"""Cash: paying, the providers' bills, and what merchants have of it."""

from typing import Any

from services.chassis.bus.rpc_server import command, query
from services.orders import contract
from services.orders.usecases.escrow.look_at_merchants import get_merchant_balance, list_merchant_entries
from services.orders.usecases.look_at_bills import explain_difference, list_bills, list_differences
from services.orders.usecases.record_payment_notice import record_payment_notice
from services.orders.usecases.resolve_payment import resolve_payment
from services.orders.usecases.start_payment import get_cashier, start_payment

Request = dict[str, Any]


class Paying:
    works: Any

    @command(contract.START_PAYMENT)
    def start_payment(self, request: Request) -> Any:
        return start_payment(self.works, request)

    @query(contract.GET_CASHIER)
    def get_cashier(self, request: Request) -> Any:
        return get_cashier(self.works, request)

    @command(contract.RESOLVE_PAYMENT)
    def resolve_payment(self, request: Request) -> Any:
        return resolve_payment(self.works, request)

    @command(contract.RECORD_PAYMENT_NOTICE)
    def record_payment_notice(self, request: Request) -> Any:
        return record_payment_notice(self.works, request)

    @query(contract.LIST_BILLS)
    def list_bills(self, request: Request) -> Any:
        return self.works.run(list_bills, request)

    @query(contract.LIST_DIFFERENCES)
    def list_bill_differences(self, request: Request) -> Any:
        return self.works.run(list_differences, request)

    @command(contract.EXPLAIN_DIFFERENCE)
    def explain_bill_difference(self, request: Request) -> Any:
        return self.works.once(contract.EXPLAIN_DIFFERENCE, explain_difference, request)

    @query(contract.GET_MERCHANT_BALANCE)
    def get_merchant_balance(self, request: Request) -> Any:
        return self.works.run(get_merchant_balance, request)

    @query(contract.LIST_MERCHANT_ENTRIES)
    def list_merchant_entries(self, request: Request) -> Any:
        return self.works.run(list_merchant_entries, request)
