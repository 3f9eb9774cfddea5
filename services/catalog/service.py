"""The door of catalog: every message it takes, handed over to a use case."""

import secrets
from functools import partial
from typing import Any

from services.catalog import contract
from services.catalog.usecases.allot_presales import allot_presales, revoke_presales
from services.catalog.usecases.audit_stock import audit_nightly, observe_stock
from services.catalog.usecases.check_lines import check_lines
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.commit_stock import commit_stock
from services.catalog.usecases.count_stock import (
    approve_count,
    cancel_count,
    list_counts,
    open_count,
    record_count,
    submit_count,
)
from services.catalog.usecases.decide_presales import cancel_presale, change_presale, list_presales, open_presale
from services.catalog.usecases.find_halls import find_halls
from services.catalog.usecases.get_goods import get_goods
from services.catalog.usecases.get_picture import get_picture
from services.catalog.usecases.hand_over import find_waiting, hand_over_goods, list_waiting, stop_hand_over
from services.catalog.usecases.import_catalog import import_catalog
from services.catalog.usecases.import_codes import import_codes
from services.catalog.usecases.import_places import import_places
from services.catalog.usecases.list_categories import list_categories
from services.catalog.usecases.list_consignments import list_consignments
from services.catalog.usecases.list_goods import list_goods
from services.catalog.usecases.list_places import list_places
from services.catalog.usecases.move_consignment import cancel_consignment, dispatch_consignment, receive_consignment
from services.catalog.usecases.open_consignment import open_consignment
from services.catalog.usecases.quote_lines import quote_lines
from services.catalog.usecases.receive_stock import receive_stock
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.release_stock import release_stock
from services.catalog.usecases.replenish_stock import (
    accept_replenishment,
    dismiss_replenishment,
    list_replenishments,
    propose_replenishments,
)
from services.catalog.usecases.reserve_stock import reserve_stock
from services.catalog.usecases.review_listings import (
    approve_listing,
    draft_listing,
    get_listing,
    list_listings,
    reject_listing,
    submit_listing,
)
from services.catalog.usecases.schedule_sale import end_sale, list_sale_windows, schedule_sale
from services.catalog.usecases.set_allocation_policy import list_allocation_policies, set_allocation_policy
from services.catalog.usecases.set_bulk_offer import list_bulk_offers, set_bulk_offer
from services.catalog.usecases.set_count_policy import list_count_policies, set_count_policy
from services.catalog.usecases.set_limit import list_limits, set_limit
from services.catalog.usecases.set_place_state import set_place_state
from services.catalog.usecases.set_replenishment_rule import list_replenishment_rules, set_replenishment_rule
from services.catalog.usecases.settle_expired_reservations import settle_expired_reservations
from services.catalog.usecases.take_back_goods import take_back_goods
from services.catalog.usecases.verify_codes import find_code, list_verifications, undo_verification, verify_code
from services.catalog.usecases.void_codes import void_codes
from services.catalog.usecases.withdraw_codes import withdraw_codes, withdraw_expired_codes
from services.catalog.usecases.write_off_stock import (
    approve_write_off,
    list_write_offs,
    reject_write_off,
    write_off_stock,
)
from services.chassis.bus.providers import WorksProvider
from services.chassis.bus.rpc_server import command, query
from services.chassis.bus.subscribe import subscribe
from services.chassis.data.work import ReceivedEvent
from services.chassis.health import Health
from services.chassis.jobs import every
from services.chassis.readings import Readings
from services.chassis.resources import Resource
from services.orders import contract as orders

Message = dict[str, Any]


class CatalogService:
    name = "catalog"
    works = WorksProvider()
    health = Health()
    readings = Resource(lambda works: Readings(works, observe_stock))

    @query(contract.LIST_CATEGORIES)
    def list_categories(self, request: Message) -> Any:
        return self.works.run(list_categories, request)

    @query(contract.LIST_GOODS)
    def list_goods(self, request: Message) -> Any:
        return self.works.run(list_goods, request)

    @query(contract.GET_GOODS)
    def get_goods(self, request: Message) -> Any:
        return self.works.run(get_goods, request)

    @query(contract.GET_PICTURE)
    def get_picture(self, request: Message) -> Any:
        return self.works.run(get_picture, request)

    @query(contract.QUOTE_LINES)
    def quote_lines(self, request: Message) -> Any:
        return self.works.run(quote_lines, request)

    @query(contract.CHECK_LINES)
    def check_lines(self, request: Message) -> Any:
        return self.works.run(check_lines, request)

    @command(contract.RESERVE_STOCK)
    def reserve_stock(self, request: Message) -> Any:
        return self.works.once(contract.RESERVE_STOCK, reserve_stock, request)

    @command(contract.COMMIT_STOCK)
    def commit_stock(self, request: Message) -> Any:
        return self.works.once(contract.COMMIT_STOCK, commit_stock, request)

    @command(contract.RELEASE_STOCK)
    def release_stock(self, request: Message) -> Any:
        return self.works.once(contract.RELEASE_STOCK, release_stock, request)

    @command(contract.IMPORT_CATALOG)
    def import_catalog(self, request: Message) -> Any:
        return self._once_with_codes(contract.IMPORT_CATALOG, import_catalog, request)

    @command(contract.RECEIVE_STOCK)
    def receive_stock(self, request: Message) -> Any:
        return self._once_with_codes(contract.RECEIVE_STOCK, receive_stock, request)

    @command(contract.IMPORT_CODES)
    def import_codes(self, request: Message) -> Any:
        return self.works.once(contract.IMPORT_CODES, import_codes, request)

    @command(contract.WITHDRAW_CODES)
    def withdraw_codes(self, request: Message) -> Any:
        return self.works.once(contract.WITHDRAW_CODES, withdraw_codes, request)

    @command(contract.SET_LIMIT)
    def set_limit(self, request: Message) -> Any:
        return self.works.once(contract.SET_LIMIT, set_limit, request)

    @query(contract.LIST_LIMITS)
    def list_limits(self, request: Message) -> Any:
        return self.works.run(list_limits, request)

    @command(contract.IMPORT_PLACES)
    def import_places(self, request: Message) -> Any:
        return self.works.once(contract.IMPORT_PLACES, import_places, request)

    @command(contract.SET_PLACE_STATE)
    def set_place_state(self, request: Message) -> Any:
        return self.works.once(contract.SET_PLACE_STATE, set_place_state, request)

    @query(contract.LIST_PLACES)
    def list_places(self, request: Message) -> Any:
        return self.works.run(list_places, request)

    @command(contract.SCHEDULE_SALE)
    def schedule_sale(self, request: Message) -> Any:
        return self.works.once(contract.SCHEDULE_SALE, schedule_sale, request)

    @command(contract.END_SALE)
    def end_sale(self, request: Message) -> Any:
        return self.works.once(contract.END_SALE, end_sale, request)

    @query(contract.LIST_SALE_WINDOWS)
    def list_sale_windows(self, request: Message) -> Any:
        return self.works.run(list_sale_windows, request)

    @command(contract.SET_ALLOCATION_POLICY)
    def set_allocation_policy(self, request: Message) -> Any:
        return self.works.once(contract.SET_ALLOCATION_POLICY, set_allocation_policy, request)

    @query(contract.LIST_ALLOCATION_POLICIES)
    def list_allocation_policies(self, request: Message) -> Any:
        return self.works.run(list_allocation_policies, request)

    @command(contract.DRAFT_LISTING)
    def draft_listing(self, request: Message) -> Any:
        return self.works.once(contract.DRAFT_LISTING, draft_listing, request)

    @command(contract.SUBMIT_LISTING)
    def submit_listing(self, request: Message) -> Any:
        return self.works.once(contract.SUBMIT_LISTING, submit_listing, request)

    @command(contract.REJECT_LISTING)
    def reject_listing(self, request: Message) -> Any:
        return self.works.once(contract.REJECT_LISTING, reject_listing, request)

    @command(contract.APPROVE_LISTING)
    def approve_listing(self, request: Message) -> Any:
        return self._once_with_codes(contract.APPROVE_LISTING, approve_listing, request)

    @query(contract.GET_LISTING)
    def get_listing(self, request: Message) -> Any:
        return self.works.run(get_listing, request)

    @query(contract.LIST_LISTINGS)
    def list_listings(self, request: Message) -> Any:
        return self.works.run(list_listings, request)

    @command(contract.OPEN_CONSIGNMENT)
    def open_consignment(self, request: Message) -> Any:
        return self.works.once(contract.OPEN_CONSIGNMENT, open_consignment, request)

    @command(contract.DISPATCH_CONSIGNMENT)
    def dispatch_consignment(self, request: Message) -> Any:
        return self.works.once(contract.DISPATCH_CONSIGNMENT, dispatch_consignment, request)

    @command(contract.RECEIVE_CONSIGNMENT)
    def receive_consignment(self, request: Message) -> Any:
        return self._once_with_codes(contract.RECEIVE_CONSIGNMENT, receive_consignment, request)

    @command(contract.CANCEL_CONSIGNMENT)
    def cancel_consignment(self, request: Message) -> Any:
        return self.works.once(contract.CANCEL_CONSIGNMENT, cancel_consignment, request)

    @query(contract.LIST_CONSIGNMENTS)
    def list_consignments(self, request: Message) -> Any:
        return self.works.run(list_consignments, request)

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

    @command(contract.VOID_CODES)
    def void_codes(self, request: Message) -> Any:
        return self.works.once(contract.VOID_CODES, void_codes, request)

    @command(contract.SET_BULK_OFFER)
    def set_bulk_offer(self, request: Message) -> Any:
        return self.works.once(contract.SET_BULK_OFFER, set_bulk_offer, request)

    @query(contract.LIST_BULK_OFFERS)
    def list_bulk_offers(self, request: Message) -> Any:
        return self.works.run(list_bulk_offers, request)

    @command(contract.OPEN_PRESALE)
    def open_presale(self, request: Message) -> Any:
        return self.works.once(contract.OPEN_PRESALE, open_presale, request)

    @command(contract.CHANGE_PRESALE)
    def change_presale(self, request: Message) -> Any:
        return self.works.once(contract.CHANGE_PRESALE, change_presale, request)

    @command(contract.CANCEL_PRESALE)
    def cancel_presale(self, request: Message) -> Any:
        return self.works.once(contract.CANCEL_PRESALE, cancel_presale, request)

    @query(contract.LIST_PRESALES)
    def list_presales(self, request: Message) -> Any:
        return self.works.run(list_presales, request)

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

    @subscribe(orders.ORDER_CONFIRMED)
    def on_order_confirmed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, commit_confirmed_order)

    @subscribe(orders.ORDER_CLOSED)
    def on_order_closed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, release_ended_order)

    @subscribe(orders.ORDER_CANCELLED)
    def on_order_cancelled(self, event: ReceivedEvent) -> None:
        self.works.apply(event, release_ended_order)

    @subscribe(orders.GOODS_RECEIVED)
    def on_goods_received(self, event: ReceivedEvent) -> None:
        self.works.apply(event, take_back_goods)

    @every(seconds=600, limit_s=3_600)
    def audit_nightly(self) -> None:
        audit_nightly(self.works)

    @every(seconds=15, limit_s=600)
    def allot_presales(self) -> None:
        allot_presales(self.works)

    @every(seconds=15, limit_s=600)
    def revoke_presales(self) -> None:
        revoke_presales(self.works)

    @every(seconds=600)
    def withdraw_expired_codes(self) -> None:
        withdraw_expired_codes(self.works)

    @every(seconds=600, limit_s=1_800)
    def propose_replenishments(self) -> None:
        propose_replenishments(self.works)

    @every(seconds=15)
    def settle_expired_reservations(self) -> None:
        settle_expired_reservations(self.works)

    def _once_with_codes(self, deed: Any, usecase: Any, request: Message) -> Any:
        return self.works.once(deed, partial(usecase, random_bytes=secrets.token_bytes), request)
