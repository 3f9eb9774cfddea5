"""The door of the points service."""

from functools import partial
from typing import Any

from services.chassis.bus.providers import WorksProvider
from services.chassis.bus.rpc_server import command, query
from services.chassis.bus.subscribe import subscribe
from services.chassis.data.work import ReceivedEvent
from services.chassis.health import Health
from services.chassis.jobs import drain, every
from services.chassis.readings import Readings
from services.chassis.resources import Resource
from services.members import contract as members
from services.orders import contract as orders
from services.points import contract
from services.points.settings import read_points_settings
from services.points.usecases.accrue_points import accrue_points
from services.points.usecases.approve_adjustment import approve_adjustment
from services.points.usecases.approve_rule_change import approve_rule_change
from services.points.usecases.audit_ledger import audit_nightly, audit_touched
from services.points.usecases.capture_hold import capture_hold
from services.points.usecases.claw_back_points import claw_back
from services.points.usecases.exchange_points import exchange_points
from services.points.usecases.expire_points import expire_points
from services.points.usecases.follow_member_state import follow_member_state
from services.points.usecases.follow_orders import capture_for_confirmed_order, return_points_of_ended_order
from services.points.usecases.freeze_account import freeze_account, unfreeze_account
from services.points.usecases.get_account import get_account
from services.points.usecases.get_balance import get_balance
from services.points.usecases.get_balance_proof import get_balance_proof
from services.points.usecases.get_bill_run import get_bill_run
from services.points.usecases.get_explanation import get_explanation
from services.points.usecases.get_past_balance import get_past_balance
from services.points.usecases.gift_points import gift_points
from services.points.usecases.hold_points import hold_points
from services.points.usecases.list_adjustments import get_adjustment, list_adjustments
from services.points.usecases.list_bill_runs import list_bill_rejects, list_bill_runs
from services.points.usecases.list_checkpoints import list_checkpoints
from services.points.usecases.list_rule_changes import get_rule_change, list_rule_changes
from services.points.usecases.list_rules import get_rule, list_rules
from services.points.usecases.list_statement import list_statement
from services.points.usecases.notify_expiring import notify_expiring
from services.points.usecases.observe_ledger import observe_ledger
from services.points.usecases.open_accounts import open_accounts
from services.points.usecases.prepare_partitions import prepare_entry_partitions
from services.points.usecases.purge_bill_lines import purge_bill_lines
from services.points.usecases.quote_exchange import quote_exchange
from services.points.usecases.refund_points import refund_points
from services.points.usecases.reject_adjustment import reject_adjustment
from services.points.usecases.reject_rule_change import reject_rule_change
from services.points.usecases.release_hold import release_hold
from services.points.usecases.report_liability import draft_liability_reports, get_liability_report
from services.points.usecases.request_adjustment import request_adjustment
from services.points.usecases.request_rule_change import request_rule_change
from services.points.usecases.reverse_top_up import reverse_top_up
from services.points.usecases.seal_journals import seal_journals
from services.points.usecases.settle_overdue_holds import settle_overdue_holds
from services.points.usecases.start_bill_run import resume_bill_run, start_bill_run
from services.points.usecases.take_checkpoint import take_daily_checkpoint
from services.points.usecases.top_up import top_up
from services.points.usecases.work_off_bill_runs import BillReaders, work_off_bill_runs


class PointsService:
    """What moves points runs by ``works.run``: its journal remembers the answer, so a second memory is not wanted."""

    name = contract.SERVICE
    works = WorksProvider(read_points_settings)
    bill_readers = Resource(BillReaders, read_points_settings)
    health = Health()
    readings = Resource(lambda works: Readings(works, observe_ledger))

    @command(contract.ACCRUE_POINTS)
    def accrue_points(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(accrue_points, request)

    @command(contract.HOLD_POINTS)
    def hold_points(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(hold_points, request)

    @command(contract.CAPTURE_HOLD)
    def capture_hold(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(capture_hold, request)

    @command(contract.RELEASE_HOLD)
    def release_hold(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(release_hold, request)

    @command(contract.REFUND_POINTS)
    def refund_points(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(refund_points, request)

    @command(contract.CLAW_BACK)
    def claw_back(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(claw_back, request)

    @command(contract.GIFT_POINTS)
    def gift_points(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(gift_points, request)

    @command(contract.FREEZE_ACCOUNT)
    def freeze_account(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.once(contract.FREEZE_ACCOUNT, freeze_account, request)

    @command(contract.UNFREEZE_ACCOUNT)
    def unfreeze_account(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.once(contract.UNFREEZE_ACCOUNT, unfreeze_account, request)

    @query(contract.GET_ACCOUNT)
    def get_account(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(get_account, request)

    @command(contract.REQUEST_ADJUSTMENT)
    def request_adjustment(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.once(contract.REQUEST_ADJUSTMENT, request_adjustment, request)

    @command(contract.APPROVE_ADJUSTMENT)
    def approve_adjustment(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(approve_adjustment, request)

    @command(contract.REJECT_ADJUSTMENT)
    def reject_adjustment(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.once(contract.REJECT_ADJUSTMENT, reject_adjustment, request)

    @query(contract.GET_ADJUSTMENT)
    def get_adjustment(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(get_adjustment, request)

    @query(contract.LIST_ADJUSTMENTS)
    def list_adjustments(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(list_adjustments, request)

    @query(contract.LIST_RULES)
    def list_rules(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(list_rules, request)

    @query(contract.GET_RULE)
    def get_rule(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(get_rule, request)

    @command(contract.REQUEST_RULE_CHANGE)
    def request_rule_change(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.once(contract.REQUEST_RULE_CHANGE, request_rule_change, request)

    @command(contract.APPROVE_RULE_CHANGE)
    def approve_rule_change(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.once(contract.APPROVE_RULE_CHANGE, approve_rule_change, request)

    @command(contract.REJECT_RULE_CHANGE)
    def reject_rule_change(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.once(contract.REJECT_RULE_CHANGE, reject_rule_change, request)

    @query(contract.GET_RULE_CHANGE)
    def get_rule_change(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(get_rule_change, request)

    @query(contract.LIST_RULE_CHANGES)
    def list_rule_changes(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(list_rule_changes, request)

    @query(contract.QUOTE_EXCHANGE)
    def quote_exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(quote_exchange, request)

    @command(contract.EXCHANGE_POINTS)
    def exchange_points(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(exchange_points, request)

    @command(contract.TOP_UP)
    def top_up(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(top_up, request)

    @command(contract.REVERSE_TOP_UP)
    def reverse_top_up(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(reverse_top_up, request)

    @query(contract.GET_BALANCE)
    def get_balance(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(get_balance, request)

    @query(contract.LIST_STATEMENT)
    def list_statement(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(list_statement, request)

    @query(contract.GET_PAST_BALANCE)
    def get_past_balance(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(get_past_balance, request)

    @query(contract.GET_EXPLANATION)
    def get_explanation(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(get_explanation, request)

    @command(contract.START_BILL_RUN)
    def start_bill_run(self, request: dict[str, Any]) -> dict[str, Any]:
        start = partial(start_bill_run, folder=self.works.settings.bill_run_folder)
        return self.works.once(contract.START_BILL_RUN, start, request)

    @command(contract.RESUME_BILL_RUN)
    def resume_bill_run(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.once(contract.RESUME_BILL_RUN, resume_bill_run, request)

    @query(contract.GET_BILL_RUN)
    def get_bill_run(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(get_bill_run, request)

    @query(contract.LIST_BILL_RUNS)
    def list_bill_runs(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(list_bill_runs, request)

    @query(contract.LIST_BILL_REJECTS)
    def list_bill_rejects(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(list_bill_rejects, request)

    @query(contract.GET_LIABILITY_REPORT)
    def get_liability_report(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(get_liability_report, request)

    @query(contract.GET_BALANCE_PROOF)
    def get_balance_proof(self, request: dict[str, Any]) -> dict[str, Any]:
        with self.works.still() as work:
            return get_balance_proof(work, request)

    @query(contract.LIST_CHECKPOINTS)
    def list_checkpoints(self, request: dict[str, Any]) -> dict[str, Any]:
        return self.works.run(list_checkpoints, request)

    @subscribe(members.MEMBERS_ENROLLED)
    def on_members_enrolled(self, event: ReceivedEvent) -> None:
        self.works.apply(event, open_accounts)

    @subscribe(members.STATE_CHANGED)
    def on_member_state_changed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, follow_member_state)

    @subscribe(orders.ORDER_CONFIRMED)
    def on_order_confirmed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, capture_for_confirmed_order)

    @subscribe(orders.ORDER_CLOSED)
    def on_order_closed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, return_points_of_ended_order)

    @subscribe(orders.ORDER_CANCELLED)
    def on_order_cancelled(self, event: ReceivedEvent) -> None:
        self.works.apply(event, return_points_of_ended_order)

    @drain()
    def work_off_bill_runs(self) -> bool:
        return work_off_bill_runs(self.works, self.bill_readers)

    @every(seconds=3_600, limit_s=3_600)
    def purge_bill_lines(self) -> None:
        purge_bill_lines(self.works)

    @every(seconds=15)
    def settle_overdue_holds(self) -> None:
        settle_overdue_holds(self.works)

    @every(seconds=15)
    def expire_points(self) -> None:
        expire_points(self.works, budget_s=20)

    @every(seconds=60)
    def notify_expiring(self) -> None:
        notify_expiring(self.works, budget_s=20)

    @every(seconds=10)
    def seal_journals(self) -> None:
        seal_journals(self.works)

    @every(seconds=600, limit_s=7_200)
    def take_daily_checkpoint(self) -> None:
        take_daily_checkpoint(self.works)

    @every(seconds=3_600, limit_s=3_600)
    def audit_touched(self) -> None:
        audit_touched(self.works)

    @every(seconds=600, limit_s=7_200)
    def audit_nightly(self) -> None:
        audit_nightly(self.works)

    @every(seconds=86_400)
    def prepare_entry_partitions(self) -> None:
        prepare_entry_partitions(self.works)

    @every(seconds=86_400, limit_s=3_600)
    def draft_liability_reports(self) -> None:
        draft_liability_reports(self.works)
