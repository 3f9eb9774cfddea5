"""The door of orders: commands, queries, events and jobs, each handed to its use case."""

from typing import Any

from services.catalog import contract as catalog
from services.chassis.bus.providers import WorksProvider
from services.chassis.bus.rpc_server import command, query
from services.chassis.bus.subscribe import subscribe
from services.chassis.data.work import ReceivedEvent
from services.chassis.health import Health
from services.chassis.jobs import drain, every
from services.chassis.readings import Readings
from services.chassis.resources import Resource
from services.logistics import contract as logistics
from services.members import contract as members
from services.orders import contract
from services.orders.domain.flows.steps import INSIDE
from services.orders.settings import read_orders_settings
from services.orders.usecases.aftersale.decide_case import approve_case, reject_case
from services.orders.usecases.aftersale.dispute_case import decide_dispute, dispute_case
from services.orders.usecases.aftersale.drive_cases import drive_cases
from services.orders.usecases.aftersale.look_up_cases import find_cases, get_case, list_case_reasons, list_cases
from services.orders.usecases.aftersale.open_case import open_case
from services.orders.usecases.aftersale.receive_goods import receive_goods
from services.orders.usecases.aftersale.send_goods_back import send_goods_back
from services.orders.usecases.aftersale.withdraw_case import withdraw_case
from services.orders.usecases.approve_order import approve_order, refuse_order
from services.orders.usecases.cancel_order import cancel_order
from services.orders.usecases.confirm_receipt import confirm_receipt
from services.orders.usecases.drive_orders import drive_orders
from services.orders.usecases.drive_provisioners import drive_provisioners
from services.orders.usecases.escrow.credit_merchants import credit_merchants
from services.orders.usecases.escrow.look_at_merchants import get_merchant_balance, list_merchant_entries
from services.orders.usecases.fill_cart import change_cart_line, get_cart, put_in_cart, remove_from_cart
from services.orders.usecases.find_orders import find_orders
from services.orders.usecases.look_at_bills import explain_difference, list_bills, list_differences, observe_bills
from services.orders.usecases.look_up_orders import check_order, get_order, get_purchase, get_timeline
from services.orders.usecases.order_record import get_order_record
from services.orders.usecases.place_order import place_order, place_purchase
from services.orders.usecases.put_provisioner import list_provisioners, put_provisioner
from services.orders.usecases.quote_order import quote_order
from services.orders.usecases.reconcile import reconcile
from services.orders.usecases.record_fulfilment import record_codes, record_shipment_fact
from services.orders.usecases.record_payment_notice import record_payment_notice
from services.orders.usecases.record_pick_up import record_collected, record_prepared
from services.orders.usecases.record_points_movement import (
    record_points_captured,
    record_points_refunded,
    record_points_released,
)
from services.orders.usecases.record_presale import record_allotment, record_revocation
from services.orders.usecases.record_provisioning_callback import record_provisioning_callback
from services.orders.usecases.record_verification import record_verification
from services.orders.usecases.resolve_payment import resolve_payment
from services.orders.usecases.settle_refunds import settle_refunds
from services.orders.usecases.start_payment import get_cashier, start_payment
from services.orders.usecases.tidy_carts import empty_cart_of_ended_member, tidy_carts
from services.orders.usecases.unstick_order import replay_order, unstick_order
from services.points import contract as points

Request = dict[str, Any]


class OrdersService:
    name = "orders"
    works = WorksProvider(read_orders_settings)
    health = Health()
    readings = Resource(lambda works: Readings(works, observe_bills))

    @query(contract.QUOTE_ORDER)
    def quote_order(self, request: Request) -> Any:
        return quote_order(self.works, request)

    @command(contract.PLACE_ORDER)
    def place_order(self, request: Request) -> Any:
        return place_order(self.works, request)

    @command(contract.PUT_IN_CART)
    def put_in_cart(self, request: Request) -> Any:
        return put_in_cart(self.works, request)

    @command(contract.CHANGE_CART_LINE)
    def change_cart_line(self, request: Request) -> Any:
        return self.works.once(contract.CHANGE_CART_LINE, change_cart_line, request)

    @command(contract.REMOVE_FROM_CART)
    def remove_from_cart(self, request: Request) -> Any:
        return self.works.once(contract.REMOVE_FROM_CART, remove_from_cart, request)

    @query(contract.GET_CART)
    def get_cart(self, request: Request) -> Any:
        return get_cart(self.works, request)

    @command(contract.PLACE_PURCHASE)
    def place_purchase(self, request: Request) -> Any:
        return place_purchase(self.works, request)

    @query(contract.GET_PURCHASE)
    def get_purchase(self, request: Request) -> Any:
        return self.works.run(get_purchase, request)

    @query(contract.GET_ORDER)
    def get_order(self, request: Request) -> Any:
        return self.works.run(get_order, request)

    @query(contract.LIST_ORDERS)
    def list_orders(self, request: Request) -> Any:
        return self.works.run(find_orders, request)

    @query(contract.GET_TIMELINE)
    def get_timeline(self, request: Request) -> Any:
        return self.works.run(get_timeline, request)

    @query(contract.FIND_ORDERS)
    def find_orders(self, request: Request) -> Any:
        return self.works.run(find_orders, request)

    @query(contract.GET_ORDER_RECORD)
    def get_order_record(self, request: Request) -> Any:
        return self.works.run(get_order_record, request)

    @query(contract.CHECK_ORDER)
    def check_order(self, request: Request) -> Any:
        return self.works.run(check_order, request)

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

    @command(contract.OPEN_CASE)
    def open_case(self, request: Request) -> Any:
        return self.works.once(contract.OPEN_CASE, open_case, request)

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
        return self.works.once(contract.RECEIVE_GOODS, receive_goods, request)

    @command(contract.DISPUTE_CASE)
    def dispute_case(self, request: Request) -> Any:
        return self.works.once(contract.DISPUTE_CASE, dispute_case, request)

    @command(contract.DECIDE_DISPUTE)
    def decide_dispute(self, request: Request) -> Any:
        return self.works.once(contract.DECIDE_DISPUTE, decide_dispute, request)

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

    @command(contract.RECORD_PROVISIONING_CALLBACK)
    def record_provisioning_callback(self, request: Request) -> Any:
        return record_provisioning_callback(self.works, request)

    @command(contract.PUT_PROVISIONER)
    def put_provisioner(self, request: Request) -> Any:
        return self.works.once(contract.PUT_PROVISIONER, put_provisioner, request)

    @query(contract.LIST_PROVISIONERS)
    def list_provisioners(self, request: Request) -> Any:
        return self.works.run(list_provisioners, request)

    @subscribe(points.HOLD_CAPTURED)
    def on_points_hold_captured(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_points_captured)

    @subscribe(points.HOLD_RELEASED)
    def on_points_hold_released(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_points_released)

    @subscribe(points.POINTS_REFUNDED)
    def on_points_refunded(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_points_refunded)

    @subscribe(catalog.CODES_ISSUED)
    def on_codes_issued(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_codes)

    @subscribe(catalog.PICK_UP_PREPARED)
    def on_pick_up_prepared(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_prepared)

    @subscribe(catalog.PICK_UP_COLLECTED)
    def on_pick_up_collected(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_collected)

    @subscribe(catalog.CODE_VERIFIED)
    def on_code_verified(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_verification)

    @subscribe(catalog.CODE_UNVERIFIED)
    def on_code_unverified(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_verification)

    @subscribe(catalog.STOCK_ALLOTTED)
    def on_stock_allotted(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_allotment)

    @subscribe(catalog.PRESALE_REVOKED)
    def on_presale_revoked(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_revocation)

    @subscribe(logistics.SHIPMENT_DISPATCHED)
    def on_shipment_dispatched(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_shipment_fact)

    @subscribe(logistics.SHIPMENT_MOVED)
    def on_shipment_moved(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_shipment_fact)

    @subscribe(logistics.SHIPMENT_DELIVERED)
    def on_shipment_delivered(self, event: ReceivedEvent) -> None:
        self.works.apply(event, record_shipment_fact)

    @subscribe(members.STATE_CHANGED)
    def on_member_state_changed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, empty_cart_of_ended_member)

    @every(seconds=3_600)
    def tidy_carts(self) -> None:
        tidy_carts(self.works)

    # A drain for each provider: one that hangs must not hold up the orders that another one pays for.

    @drain()
    def drive_orders_at_alipay(self) -> bool:
        return drive_orders(self.works, "alipay")

    @drain()
    def settle_refunds_at_alipay(self) -> bool:
        return settle_refunds(self.works, "alipay")

    @drain()
    def drive_orders_at_bank(self) -> bool:
        return drive_orders(self.works, "bank")

    @drain()
    def settle_refunds_at_bank(self) -> bool:
        return settle_refunds(self.works, "bank")

    @drain()
    def drive_orders_at_mobile(self) -> bool:
        return drive_orders(self.works, "mobile")

    @drain()
    def settle_refunds_at_mobile(self) -> bool:
        return settle_refunds(self.works, "mobile")

    # Partners that switch things on are rows: so many of them may hang before one waits for another.

    @drain()
    @drain()
    @drain()
    @drain()
    def drive_provisioners(self) -> bool:
        return drive_provisioners(self.works)

    @drain()
    def drive_cases(self) -> bool:
        return drive_cases(self.works)

    @drain()
    def drive_orders_inside(self) -> bool:
        return drive_orders(self.works, INSIDE)

    # Nightly: before a bill is to be there a run finds nothing to do.

    @every(seconds=600, limit_s=1_200)
    def reconcile_with_alipay(self) -> None:
        reconcile(self.works, "alipay")

    @every(seconds=600, limit_s=1_200)
    def reconcile_with_bank(self) -> None:
        reconcile(self.works, "bank")

    @every(seconds=600, limit_s=1_200)
    def reconcile_with_mobile(self) -> None:
        reconcile(self.works, "mobile")

    @every(seconds=60)
    def credit_merchants(self) -> None:
        while credit_merchants(self.works):
            pass
