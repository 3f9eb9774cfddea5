"""The door of orders: commands, queries, events and jobs, each handed to its use case."""

from services.chassis.bus.providers import WorksProvider
from services.chassis.health import Health
from services.chassis.jobs import drain, every
from services.chassis.readings import Readings
from services.chassis.resources import Resource
from services.orders.domain.flows.steps import INSIDE
from services.orders.service.cases import Cases
from services.orders.service.collecting import Collecting
from services.orders.service.hearing import Hearing
from services.orders.service.looking import Looking
from services.orders.service.paying import Paying
from services.orders.service.placing import Placing
from services.orders.service.steering import Steering
from services.orders.settings import read_orders_settings
from services.orders.usecases.aftersale.drive_cases import drive_cases
from services.orders.usecases.drive_orders import drive_orders
from services.orders.usecases.drive_provisioners import drive_provisioners
from services.orders.usecases.escrow.credit_merchants import credit_merchants
from services.orders.usecases.reconcile import reconcile
from services.orders.usecases.remittances.look_at_claims import find_overdue
from services.orders.usecases.remittances.look_at_remittances import observe_money
from services.orders.usecases.settle_refunds import settle_refunds
from services.orders.usecases.tidy_carts import tidy_carts


class OrdersService(Placing, Looking, Paying, Collecting, Steering, Cases, Hearing):
    name = "orders"
    works = WorksProvider(read_orders_settings)
    health = Health()
    readings = Resource(lambda works: Readings(works, observe_money))

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

    @every(seconds=3_600)
    def find_overdue_remittances(self) -> None:
        find_overdue(self.works)

    @every(seconds=60)
    def credit_merchants(self) -> None:
        while credit_merchants(self.works):
            pass
