"""The second reference of the redeem benchmark: the mall's own use cases in one process, without broker and HTTP.

Every service's class with its own database; a call is a method call, and an event is handed to its handlers when the
transaction that made it true has committed: no outbox, no inbox, no relay. Lines in: ``place 240``, ``settle 0``.
"""

import services.chassis.green  # noqa: F401 — the services' code is written for a patched process

import gc
import json
import logging
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import getmembers, isfunction
from typing import Any

import sqlalchemy as sa

from deploy.seed import catalog as seed_catalog
from deploy.seed.carriers import carrier_requests
from deploy.seed.subscribers import import_requests
from services.catalog import contract as catalog
from services.catalog.service import CatalogService
from services.chassis.bus.subscribe import EventConsumer
from services.chassis.contract import Call
from services.chassis.data.database import make_engine
from services.chassis.data.outbox import PendingEvent
from services.chassis.data.work import ReceivedEvent, Work, Works
from services.chassis.ids import new_id
from services.chassis.logs import configure_logs
from services.chassis.refusal import Reply, value_of
from services.chassis.settings import database_url_of, read_settings
from services.logistics.contract import PUT_CARRIER
from services.logistics.service import LogisticsService
from services.members.contract import FIND_MEMBER, IMPORT_SUBSCRIBERS
from services.members.service import MembersService
from services.notifications.service import NotificationsService
from services.orders.contract import PLACE_ORDER
from services.orders.service import OrdersService
from services.points.contract import ACCRUE_POINTS
from services.points.service import PointsService
from tests.load.answers import answers_apart, questions
from tests.load.basket import order_of, two_physical_lines
from tests.load.mall_work import AT_REST
from tests.load.redeem_setting import PIECES, POINTS_EACH

CLASSES = (MembersService, PointsService, CatalogService, OrdersService, LogisticsService, NotificationsService)
BUYERS = 16
LOOK_EVERY_S = 0.2
_UNSENT = next(sa.text(sign.sql) for sign in AT_REST if "message" in sign.sql)
Tell = Callable[[Work, list[PendingEvent]], None]


@dataclass
class DirectWorks(Works):
    """Works whose events go straight to their handlers."""

    tell: Tell = lambda work, events: None

    @contextmanager
    def begin(self, errand: str = "") -> Iterator[Work]:
        with self.engine.begin() as connection:
            work = Work(connection, self.context, self.clock.now())
            yield work
        self.tell(work, work._events)

    def _apply(self, event: ReceivedEvent, usecase: Callable[[Work, ReceivedEvent], None]) -> bool:
        with self.begin() as work:
            usecase(work, event)
        return True


class DirectRpc:
    """Calls as method calls; both sides are still kept to the contract, as in the services."""

    def __init__(self, services: dict[str, Any]) -> None:
        self._services = services

    def ask(self, contract: Call, request: dict[str, Any], timeout_s: float | None = None) -> Reply:
        return getattr(self._services[contract.service], contract.method)(request)

    def call(self, contract: Call, request: dict[str, Any], timeout_s: float | None = None) -> Any:
        return value_of(self.ask(contract, request))

    def ask_all(self, calls: Sequence[tuple[Call, dict[str, Any]]]) -> list[Reply]:
        return [self.ask(contract, request) for contract, request in calls]


class OneProcess:
    def __init__(self) -> None:
        self.services: dict[str, Any] = {cls.name: cls() for cls in CLASSES}
        self.rpc = DirectRpc(self.services)
        self.handlers: dict[str, list[Callable[[ReceivedEvent], None]]] = defaultdict(list)
        for service in self.services.values():
            service.works = self._works_of(service)
            self._find_handlers(service)
        notifications = self.services["notifications"]
        notifications.sms_line = type(notifications).sms_line.factory(notifications.works)
        notifications.sms_line.start()

    def _works_of(self, service: Any) -> DirectWorks:
        read_own = type(service).works.read_own_settings
        settings = read_own() if read_own else read_settings(service.name)
        engine = make_engine(database_url_of(os.environ["MALL_DATABASE_URL"], service.name), 4, "one-process")
        return DirectWorks(engine, settings=settings, rpc=self.rpc, tell=self._tell)

    def _find_handlers(self, service: Any) -> None:
        for name, method in getmembers(type(service), isfunction):
            for entrypoint in getattr(method, "nameko_entrypoints", ()):
                if isinstance(entrypoint, EventConsumer):
                    self.handlers[entrypoint.event.type].append(getattr(service, name))

    def _tell(self, work: Work, events: list[PendingEvent]) -> None:
        for pending in events:
            data = pending.event.load_data(pending.event._data.dump(pending.data))
            told = (new_id("evt"), pending.event.type, pending.subject, pending.sequence, work.now, data)
            for handle in self.handlers[pending.event.type]:
                handle(ReceivedEvent(*told, handler=handle.__name__))

    def finish(self) -> None:
        """What the services' drains do: book parcels, send messages, settle receipts, until nothing is left."""
        logistics, notifications = self.services["logistics"], self.services["notifications"]
        while logistics.book_shipments():
            pass
        steps = (notifications.send_queued_sms, notifications.send_queued_mail, notifications.settle_receipts)
        while self._unsent():
            if not sum(step() for step in steps):
                time.sleep(LOOK_EVERY_S)

    def _unsent(self) -> int:
        with self.services["notifications"].works.engine.connect() as connection:
            return connection.execute(_UNSENT).scalar_one()


def supplied(mall: OneProcess) -> list[dict[str, Any]]:
    """Goods, a carrier, and buyers who can afford anything; the orders' requests, one a buyer, without their ids."""
    call, (batch, *_) = mall.rpc.call, import_requests()
    for contract, requests in (
        (PUT_CARRIER, carrier_requests()),
        (catalog.IMPORT_CATALOG, seed_catalog.import_requests()),
        (IMPORT_SUBSCRIBERS, [batch]),
    ):
        for request in requests:
            call(contract, request)
    lines = two_physical_lines(
        call(catalog.LIST_GOODS, {"limit": 100})["goods"],
        lambda goods_id: call(catalog.GET_GOODS, {"goods_id": goods_id}),
    )
    for line in lines:
        arrival = {"sku_id": line["sku_id"], "quantity": PIECES, "reason": "bench", "actor": "ops:bench"}
        call(catalog.RECEIVE_STOCK, {"request_id": new_id("req"), **arrival})
    return [_order_of(call, person["subscriber_no"], order_of(lines)) for person in batch["subscribers"][:BUYERS]]


def _order_of(call: Any, subscriber_no: str, order: dict[str, Any]) -> dict[str, Any]:
    member = call(FIND_MEMBER, {"subscriber_no": subscriber_no})["member"]
    grant = {"member_id": member["member_id"], "points": POINTS_EACH, "source": "adjustment", "reference": "bench"}
    call(ACCRUE_POINTS, {"request_id": new_id("req"), **grant})
    buyer = {"member_id": member["member_id"], "member_tier": member["tier"], "member_state": member["state"]}
    return {**buyer, "language": "zh", **order}


def place(mall: OneProcess, orders: list[dict[str, Any]], count: int) -> dict[str, Any]:
    """{"seconds", "answers": [[milliseconds, accepted], …]}"""
    answers, started = [], time.perf_counter()
    for number in range(count):
        begun = time.perf_counter()
        reply = mall.rpc.ask(PLACE_ORDER, {"request_id": new_id("req"), **orders[number % len(orders)]})
        answers.append([(time.perf_counter() - begun) * 1000, reply["ok"]])
    return {"seconds": time.perf_counter() - started, "answers": answers}


def main() -> None:
    answers = answers_apart()
    configure_logs("one-process", logging.ERROR, "text")
    mall = OneProcess()
    orders = supplied(mall)
    mall.finish()
    gc.freeze()  # as a service does with what it is made of
    print("ready", flush=True, file=answers)
    for line in questions():
        task, count = line.split()
        if task == "place":
            print(json.dumps(place(mall, orders, int(count))), flush=True, file=answers)
        else:
            mall.finish()
            print("done", flush=True, file=answers)


if __name__ == "__main__":
    main()
