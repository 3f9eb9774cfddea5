"""The door of catalog: every message it takes, handed over to a use case."""

from services.catalog.service.counters import Counters
from services.catalog.service.counting import Counting
from services.catalog.service.flash_sales import FlashSales
from services.catalog.service.goods import Shelves
from services.catalog.service.listings import Listings
from services.catalog.service.places import Places
from services.catalog.service.sales import Sales
from services.catalog.service.stock import Stock
from services.catalog.usecases.allot_presales import allot_presales, revoke_presales
from services.catalog.usecases.audit_stock import audit_nightly, observe_stock
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.replenish_stock import propose_replenishments
from services.catalog.usecases.return_limits import return_limits_of_case
from services.catalog.usecases.settle_expired_reservations import settle_expired_reservations
from services.catalog.usecases.take_back_goods import take_back_goods
from services.catalog.usecases.withdraw_codes import withdraw_expired_codes
from services.chassis.bus.providers import WorksProvider
from services.chassis.bus.subscribe import subscribe
from services.chassis.data.work import ReceivedEvent
from services.chassis.health import Health
from services.chassis.jobs import every
from services.chassis.readings import Readings
from services.chassis.resources import Resource
from services.orders import contract as orders


class CatalogService(Shelves, Stock, Sales, FlashSales, Listings, Places, Counting, Counters):
    name = "catalog"
    works = WorksProvider()
    health = Health()
    readings = Resource(lambda works: Readings(works, observe_stock))

    @subscribe(orders.ORDER_CONFIRMED)
    def on_order_confirmed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, commit_confirmed_order)

    @subscribe(orders.ORDER_CLOSED)
    def on_order_closed(self, event: ReceivedEvent) -> None:
        self.works.apply(event, release_ended_order)

    @subscribe(orders.ORDER_CANCELLED)
    def on_order_cancelled(self, event: ReceivedEvent) -> None:
        self.works.apply(event, release_ended_order)

    @subscribe(orders.CASE_REFUNDED)
    def on_case_refunded(self, event: ReceivedEvent) -> None:
        self.works.apply(event, return_limits_of_case)

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
