"""The door of notifications: what happened elsewhere becomes messages that members read."""

from typing import Any

from services.catalog.contract import CODE_UNVERIFIED, CODE_VERIFIED, CODES_ISSUED
from services.chassis.bus.providers import WorksProvider
from services.chassis.bus.rpc_server import command, query
from services.chassis.bus.subscribe import subscribe
from services.chassis.data.work import ReceivedEvent
from services.chassis.health import Health
from services.chassis.jobs import drain, every
from services.chassis.resources import Resource
from services.logistics import contract as logistics
from services.members import contract as members
from services.notifications import contract
from services.notifications.settings import read_notification_settings
from services.notifications.usecases import read_messages
from services.notifications.usecases.announce import announce_batch, announce_event
from services.notifications.usecases.expire_messages import expire_messages
from services.notifications.usecases.learn_contacts import learn_profile, welcome_members
from services.notifications.usecases.put_template import put_template
from services.notifications.usecases.send_code import send_code
from services.notifications.usecases.send_messages import send_queued_mail, send_queued_sms
from services.notifications.usecases.settle_receipts import forget_unmatched_receipts, settle_receipts
from services.notifications.wiring import mail_line, open_sms_line
from services.orders import contract as orders
from services.points import contract as points

Data = dict[str, Any]


class NotificationsService:
    name = "notifications"
    works = WorksProvider(read_notification_settings)
    sms_line = Resource(open_sms_line, read_notification_settings)
    health = Health()

    @command(contract.SEND_CODE)
    def send_code(self, request: Data) -> Data:
        return send_code(self.works, self.sms_line, request)

    @query(contract.LIST_INBOX)
    def list_inbox(self, request: Data) -> Data:
        return self.works.run(read_messages.list_inbox, request)

    @command(contract.MARK_READ)
    def mark_read(self, request: Data) -> Data:
        return self.works.once(contract.MARK_READ, read_messages.mark_read, request)

    @query(contract.LIST_MESSAGES)
    def list_messages(self, request: Data) -> Data:
        return self.works.run(read_messages.list_messages, request)

    @command(contract.PUT_TEMPLATE)
    def put_template(self, request: Data) -> Data:
        return self.works.once(contract.PUT_TEMPLATE, put_template, request)

    @subscribe(members.MEMBERS_ENROLLED)
    def on_members_enrolled(self, event: ReceivedEvent) -> None:
        self.works.apply(event, welcome_members)

    @subscribe(members.PROFILE_CHANGED)
    def on_profile_changed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, learn_profile)

    @subscribe(members.STATE_CHANGED)
    def on_state_changed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(members.TIER_CHANGED)
    def on_tier_changed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(points.POINTS_ACCRUED)
    def on_points_accrued(self, event: ReceivedEvent) -> None:
        announce_batch(self.works, event)

    @subscribe(points.POINTS_REFUNDED)
    def on_points_refunded(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(points.POINTS_EXPIRING)
    def on_points_expiring(self, event: ReceivedEvent) -> None:
        announce_batch(self.works, event)

    @subscribe(points.POINTS_EXPIRED)
    def on_points_expired(self, event: ReceivedEvent) -> None:
        announce_batch(self.works, event)

    @subscribe(points.POINTS_GIFTED)
    def on_points_gifted(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(points.POINTS_CLAWED_BACK)
    def on_points_clawed_back(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(points.POINTS_ADJUSTED)
    def on_points_adjusted(self, event: ReceivedEvent) -> None:
        announce_batch(self.works, event)

    @subscribe(points.POINTS_EXCHANGED)
    def on_points_exchanged(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(points.TOP_UP_RECEIVED)
    def on_top_up_received(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(points.TOP_UP_REVERSED)
    def on_top_up_reversed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(points.ACCOUNT_WAS_FROZEN)
    def on_account_frozen(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(points.ACCOUNT_WAS_UNFROZEN)
    def on_account_unfrozen(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(orders.ORDER_PLACED)
    def on_order_placed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(orders.ORDER_APPROVED)
    def on_order_approved(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(orders.ORDER_CONFIRMED)
    def on_order_confirmed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(orders.ORDER_CLOSED)
    def on_order_closed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(orders.ORDER_CANCELLED)
    def on_order_cancelled(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(orders.ORDER_COMPLETED)
    def on_order_completed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(orders.ORDER_PREPARED)
    def on_order_prepared(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(orders.FETCHING_REMINDED)
    def on_fetching_reminded(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(orders.PAYMENT_REFUNDED)
    def on_payment_refunded(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(orders.CASE_DECIDED)
    def on_case_decided(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(CODES_ISSUED)
    def on_codes_issued(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(CODE_VERIFIED)
    def on_code_verified(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(CODE_UNVERIFIED)
    def on_code_unverified(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(logistics.SHIPMENT_DISPATCHED)
    def on_shipment_dispatched(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(logistics.SHIPMENT_MOVED)
    def on_shipment_moved(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @subscribe(logistics.SHIPMENT_DELIVERED)
    def on_shipment_delivered(self, event: ReceivedEvent) -> None:
        self.works.apply(event, announce_event)

    @drain(idle_s=0.3)
    def send_queued_sms(self) -> bool:
        return send_queued_sms(self.works, self.sms_line)

    @drain(idle_s=0.5)
    def send_queued_mail(self) -> bool:
        return send_queued_mail(self.works, mail_line(self.works.settings))

    @drain(idle_s=0.5)
    def settle_receipts(self) -> bool:
        return settle_receipts(self.works)

    @every(seconds=20)
    def expire_messages(self) -> None:
        expire_messages(self.works)

    @every(seconds=3600)
    def forget_unmatched_receipts(self) -> None:
        forget_unmatched_receipts(self.works)
