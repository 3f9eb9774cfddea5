"""The mall of one schedule: the services as they are, with the simulation for their broker, network and clock."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from unittest.mock import patch

import sqlalchemy as sa

from services.catalog.service import CatalogService
from services.catalog.usecases.admit_takers import Admission
from services.chassis.bus import relay as relays
from services.chassis.bus import subscribe
from services.chassis.clock import FixedClock
from services.chassis.context import Context
from services.chassis.contract import Call
from services.chassis.data.work import ReceivedEvent, Work, Works
from services.chassis.refusal import Reply
from services.logistics.adapters import registry
from services.logistics.contract import RECORD_CARRIER_CALLBACK
from services.logistics.service import LogisticsService
from services.orders.service import OrdersService
from services.orders.settings import OrdersSettings
from services.points.service import PointsService
from tests.simulation.bus import Bus, BusPublisher, Channel
from tests.simulation.calls import Calls
from tests.simulation.chance import Chance
from tests.simulation.ground import BEGINS, LOGISTICS, Ground
from tests.simulation.partners import Carrier, Provider, Proxy
from tests.simulation.scheduler import Crash, Scheduler
from tests.simulation.store import Store

CLASSES: dict[str, Any] = {cls.name: cls for cls in (OrdersService, PointsService, CatalogService, LogisticsService)}
PROVIDER = "alipay"
# When the jobs of each service have something to do that nobody will tell them of.
NEXT = {
    "orders": sa.text("""
        SELECT CASE lane WHEN 'inside' THEN 'drive_orders_inside' ELSE 'drive_orders_at_' || lane END, min(due_at)
            FROM orders WHERE due_at IS NOT NULL GROUP BY lane
        UNION ALL SELECT 'settle_refunds_at_alipay', min(due_at) FROM refund WHERE status = 'open'
        UNION ALL SELECT 'credit_merchants', min(look_at) FROM merchant_escrow WHERE state = 'kept'"""),
    "points": sa.text("SELECT 'settle_overdue_holds', min(expires_at) FROM hold WHERE state = 'open'"),
    "catalog": sa.text("""
        SELECT 'settle_expired_reservations', min(expires_at) FROM reservation WHERE status = 'held'
        UNION ALL SELECT 'expire_unused_tickets', min(expires_at) FROM flash_ticket WHERE state = 'live'
        UNION ALL SELECT 'end_flash_sales', min(ends_at) FROM flash_sale WHERE status = 'open'"""),
    "logistics": sa.text("""
        SELECT CASE failures WHEN 0 THEN 'book_shipments' ELSE 'probe_failing_carriers' END,
               greatest(min(due_at), CASE WHEN failures > 0 THEN min(resting_until) END)
            FROM shipment JOIN carrier_health USING (carrier) WHERE status = 'pending' GROUP BY failures
        UNION ALL SELECT 'assign_waiting_shipments', min(due_at)
            FROM shipment WHERE status = 'pending' AND carrier IS NULL
        UNION ALL SELECT 'undo_unwanted_bookings', min(undo_due_at) FROM shipment
        UNION ALL SELECT 'ask_silent_carriers', min(greatest(heard_at, polled_at)) + interval '7201 s' FROM shipment
            WHERE status IN ('dispatched', 'picked_up', 'in_transit', 'out_for_delivery', 'delivery_failed')"""),
}


class NeverAtRest(AssertionError):
    """Something is due for ever."""


@dataclass
class NotedWorks(Works):
    """Works that note which event was applied by whom, and how often."""

    applied: Counter[tuple[str, str]] = field(default_factory=Counter)

    def _apply(self, event: ReceivedEvent, usecase: Callable[[Work, ReceivedEvent], None]) -> bool:
        is_news = super()._apply(event, usecase)
        self.applied[event.handler, event.id] += is_news
        return is_news


@dataclass
class Mall:
    scheduler: Scheduler
    stores: dict[str, Store]
    provider: Provider
    carrier: Carrier
    bus: Bus
    failures: list[str]
    applied: Counter[tuple[str, str]] = field(default_factory=Counter)
    next_jobs: ClassVar = NEXT

    def __post_init__(self) -> None:
        self.admission = Admission(clock=lambda: self.scheduler.clock.now().timestamp())

    def call(self, contract: Call, request: dict[str, Any], actor: str) -> Reply:
        """As the gateway does it for somebody."""
        return Calls(self.scheduler, Context.fresh(actor), self.answer).ask(contract, request)

    def serve(self, service: str, context: Context) -> Any:
        """A worker of the service, with all that the chassis gives it."""
        served = CLASSES[service]()
        settings = {"orders": self.settings_of_orders(), "logistics": LOGISTICS}.get(service)
        calls: Any = Calls(self.scheduler, Context.fresh(service), self.answer)
        engine: Any = self.stores[service]
        if service == "catalog":
            served.admission = self.admission
        served.works = NotedWorks(engine, context, self.scheduler.clock, calls, settings, applied=self.applied)
        return served

    def settings_of_orders(self) -> OrdersSettings:
        return OrdersSettings({PROVIDER: self.provider})

    def answer(self, contract: Call, wire: Any, context: Context) -> Reply:
        return getattr(self.serve(contract.service, context), contract.method)(wire)

    def live(self, rounds: int = 400) -> None:
        """Until nothing is left to be done, told or waited for."""
        for _ in range(rounds):
            if self.hear_and_tell():
                continue
            due = {name: store.next_jobs(self.next_jobs[name]) for name, store in self.stores.items()}
            instants = [at for jobs in due.values() for at in jobs.values()]
            if timer := self.scheduler.next_timer:
                instants.append(timer)
            if not instants:
                return
            self._pass_time(min(instants), due)
        raise NeverAtRest(f"at {self.scheduler.clock.now()} there is still something due")

    def hear_and_tell(self) -> bool:
        """All that can go on without time passing; true, if something was told of it."""
        self.scheduler.run_what_can_go_on()
        telling = [store for store in self.stores.values() if store.has_news]
        for store in telling:
            store.has_news = self._relay_of(store) == relays.BATCH
        return bool(telling)

    def _pass_time(self, first: datetime, due: dict[str, dict[str, datetime]]) -> None:
        """Jobs are sometimes run by two replicas at once, and sometimes late."""
        self.scheduler.advance_to(first)
        late_s = self.scheduler.chance.between(1, 900) if self.scheduler.chance.fault("all jobs are late", 0.02) else 0
        for service, jobs in due.items():
            for job, at in jobs.items():
                if at <= self.scheduler.clock.now():
                    self._run_replicas(service, job, late_s)

    def _run_replicas(self, service: str, job: str, late_s: float) -> None:
        twice = self.scheduler.chance.fault(f"two replicas run {job} at once", 0.01)
        for _ in range(2 if twice else 1):
            self.scheduler.spawn(f"{service}.{job}", lambda: self.run_job(service, job), late_s)

    def run_job(self, service: str, job: str) -> None:
        context = Context.from_data({"actor": f"job:{job}", "channel": "job"})
        try:
            getattr(self.serve(service, context), job)()
        except Exception as problem:  # noqa: BLE001 — as the chassis does: it runs again
            self.scheduler.trace.note(f"{service}.{job} failed: {type(problem).__name__}: {problem}")
            if not isinstance(problem, sa.exc.OperationalError):
                self.failures.append(f"{service}.{job}: {type(problem).__name__}: {problem}")

    def _relay_of(self, store: Store) -> int:
        """Dead or cut off, a relay is replaced: what it did not delete is published again."""
        for _ in range(20):
            relay: Any = relays.OutboxRelay()
            relay.service = store.service
            channel: Any = Channel(self.bus, store.service)
            try:
                with store.engine.connect() as database:
                    published = relay._publish_batch(database, channel)
                channel.close()
            except (Crash, ConnectionError) as problem:
                self.scheduler.trace.note(f"{store.service}'s relay: {problem or 'died'}")
            else:
                self.scheduler.trace.note(f"{store.service}'s relay: published {published}")
                return published
        raise NeverAtRest("a relay that always fails")


@contextmanager
def mall_on(ground: Ground, chance: Chance, kind: type[Mall] = Mall, carrier: type[Carrier] = Carrier) -> Iterator[Any]:
    scheduler = Scheduler(chance, FixedClock(BEGINS))
    chance.on_fault = lambda number, what: scheduler.trace.note(f"FAULT {number}: {what}")
    stores = {name: Store(name, engine, ground.eyes[name], scheduler) for name, engine in ground.engines.items()}
    stores["points"].has_news = True  # of the points that the member was given
    mall: Any = kind(scheduler, stores, Provider(scheduler), None, None, [])  # type: ignore[arg-type]
    mall.carrier = carrier(scheduler, lambda request: _call_back(mall, request))
    mall.bus = Bus(scheduler, CLASSES.values(), mall.serve)
    proxy = type("ProxyOfTheSimulation", (Proxy,), {"carrier": mall.carrier})
    adapter = registry.ADAPTERS["open_parcel"]
    through = {"open_parcel": registry.Adapter(adapter.booking_request, adapter.parse_callback, proxy)}
    with patch.object(registry, "ADAPTERS", through), patch.object(subscribe, "Publisher", BusPublisher):
        yield mall


def _call_back(mall: Mall, request: dict[str, Any]) -> bool:
    """False, if the carrier has to try again."""
    try:
        return mall.call(RECORD_CARRIER_CALLBACK, request, "carrier")["ok"]
    except Exception as problem:  # noqa: BLE001 — whatever the carrier is answered
        mall.scheduler.trace.note(f"carrier's callback: {problem}")
        return False
