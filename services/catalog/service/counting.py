"""What is there in truth: counts, write-offs, and what must be bought."""

from typing import Any

from services.catalog import contract
from services.catalog.usecases.count_stock import (
    approve_count,
    cancel_count,
    list_counts,
    open_count,
    record_count,
    submit_count,
)
from services.catalog.usecases.replenish_stock import accept_replenishment, dismiss_replenishment, list_replenishments
from services.catalog.usecases.set_count_policy import list_count_policies, set_count_policy
from services.catalog.usecases.set_replenishment_rule import list_replenishment_rules, set_replenishment_rule
from services.catalog.usecases.write_off_stock import (
    approve_write_off,
    list_write_offs,
    reject_write_off,
    write_off_stock,
)
from services.chassis.bus.rpc_server import command, query

Message = dict[str, Any]


class Counting:
    works: Any

    @command(contract.OPEN_COUNT)
    def open_count(self, request: Message) -> Any:
        return self.works.once(contract.OPEN_COUNT, open_count, request)

    @command(contract.RECORD_COUNT)
    def record_count(self, request: Message) -> Any:
        return self.works.once(contract.RECORD_COUNT, record_count, request)

    @command(contract.SUBMIT_COUNT)
    def submit_count(self, request: Message) -> Any:
        return self.works.once(contract.SUBMIT_COUNT, submit_count, request)

    @command(contract.APPROVE_COUNT)
    def approve_count(self, request: Message) -> Any:
        return self.works.once(contract.APPROVE_COUNT, approve_count, request)

    @command(contract.CANCEL_COUNT)
    def cancel_count(self, request: Message) -> Any:
        return self.works.once(contract.CANCEL_COUNT, cancel_count, request)

    @query(contract.LIST_COUNTS)
    def list_counts(self, request: Message) -> Any:
        return self.works.run(list_counts, request)

    @command(contract.SET_COUNT_POLICY)
    def set_count_policy(self, request: Message) -> Any:
        return self.works.once(contract.SET_COUNT_POLICY, set_count_policy, request)

    @query(contract.LIST_COUNT_POLICIES)
    def list_count_policies(self, request: Message) -> Any:
        return self.works.run(list_count_policies, request)

    @command(contract.WRITE_OFF_STOCK)
    def write_off_stock(self, request: Message) -> Any:
        return self.works.once(contract.WRITE_OFF_STOCK, write_off_stock, request)

    @command(contract.APPROVE_WRITE_OFF)
    def approve_write_off(self, request: Message) -> Any:
        return self.works.once(contract.APPROVE_WRITE_OFF, approve_write_off, request)

    @command(contract.REJECT_WRITE_OFF)
    def reject_write_off(self, request: Message) -> Any:
        return self.works.once(contract.REJECT_WRITE_OFF, reject_write_off, request)

    @query(contract.LIST_WRITE_OFFS)
    def list_write_offs(self, request: Message) -> Any:
        return self.works.run(list_write_offs, request)

    @command(contract.SET_REPLENISHMENT_RULE)
    def set_replenishment_rule(self, request: Message) -> Any:
        return self.works.once(contract.SET_REPLENISHMENT_RULE, set_replenishment_rule, request)

    @query(contract.LIST_REPLENISHMENT_RULES)
    def list_replenishment_rules(self, request: Message) -> Any:
        return self.works.run(list_replenishment_rules, request)

    @command(contract.ACCEPT_REPLENISHMENT)
    def accept_replenishment(self, request: Message) -> Any:
        return self.works.once(contract.ACCEPT_REPLENISHMENT, accept_replenishment, request)

    @command(contract.DISMISS_REPLENISHMENT)
    def dismiss_replenishment(self, request: Message) -> Any:
        return self.works.once(contract.DISMISS_REPLENISHMENT, dismiss_replenishment, request)

    @query(contract.LIST_REPLENISHMENTS)
    def list_replenishments(self, request: Message) -> Any:
        return self.works.run(list_replenishments, request)
