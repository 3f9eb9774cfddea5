"""The shop with real neighbours: catalog and points on databases of their own, and the events that pass between them.
Clocks move together; every event is delivered twice."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from services.catalog import contract as catalog
from services.catalog.usecases.commit_confirmed_order import commit_confirmed_order
from services.catalog.usecases.list_places import list_places
from services.catalog.usecases.quote_lines import quote_lines
from services.catalog.usecases.release_ended_order import release_ended_order
from services.catalog.usecases.release_stock import release_stock
from services.catalog.usecases.reserve_stock import reserve_stock
from services.catalog.usecases.return_limits import return_limits_of_case
from services.catalog.usecases.set_bulk_offer import set_bulk_offer
from services.catalog.usecases.settle_expired_reservations import settle_expired_reservations
from services.catalog.usecases.take_back_goods import take_back_goods
from services.catalog.usecases.void_codes import void_codes
from services.chassis.clock import FixedClock
from services.chassis.contract import Command, Event
from services.chassis.data.work import ReceivedEvent, Works
from services.chassis.ids import derived_id, new_id
from services.chassis.schemas import to_wire
from services.chassis.testkit import ScriptedRpc, emitted, works_on
from services.chassis.testkit.databases import fresh_database
from services.orders import contract
from services.orders.usecases.look_up_orders import check_order
from services.points import contract as wallets
from services.points.usecases.capture_hold import capture_hold
from services.points.usecases.follow_orders import capture_for_confirmed_order, return_points_of_ended_order
from services.points.usecases.hold_points import hold_points
from services.points.usecases.refund_points import refund_points
from services.points.usecases.release_hold import release_hold
from services.points.usecases.settle_overdue_holds import settle_overdue_holds
from tests.integration.catalog.shop import bring_in, broken_invariants, goods, level, price, sku
from tests.integration.orders.after_sale import Desk
from tests.integration.orders.goods import GOODS
from tests.integration.orders.kit import HANDLERS, Shop
from tests.integration.points.story import Ledger

CATALOG_HEARS = {
    contract.ORDER_CONFIRMED: commit_confirmed_order,
    contract.ORDER_CLOSED: release_ended_order,
    contract.ORDER_CANCELLED: release_ended_order,
    contract.GOODS_RECEIVED: take_back_goods,
    contract.CASE_REFUNDED: return_limits_of_case,
}
POINTS_HEARS = {
    contract.ORDER_CONFIRMED: capture_for_confirmed_order,
    contract.ORDER_CLOSED: return_points_of_ended_order,
    contract.ORDER_CANCELLED: return_points_of_ended_order,
}


class Mall:
    """``shop`` is the orders service, ``ledger`` points, ``stock`` catalog's works. Who buys has ``points``."""

    def __init__(self, orders_db: sa.Engine, catalog_db: sa.Engine, points_db: sa.Engine, points: int) -> None:
        clock = FixedClock(datetime.now(UTC))
        self.shop, self.ledger = Desk(orders_db, clock=clock), Ledger(points_db)
        self.ledger.clock = clock
        asks_orders = {contract.CHECK_ORDER: lambda request: self.shop.works.run(check_order, request)}
        self.ledger.works = works_on(points_db, clock=clock, rpc=ScriptedRpc(asks_orders))
        self.stock = works_on(catalog_db, clock=clock, rpc=ScriptedRpc(asks_orders))
        self.shop.member_id = self.ledger.member(points)
        self.shop.rpc.answers |= {
            catalog.QUOTE_LINES: lambda request: self.stock.run(quote_lines, catalog.QUOTE_LINES.load_request(request)),
            catalog.RESERVE_STOCK: partial(self._once, self.stock, catalog.RESERVE_STOCK, reserve_stock),
            catalog.VOID_CODES: partial(self._once, self.stock, catalog.VOID_CODES, void_codes),
            catalog.LIST_PLACES: lambda request: self.stock.run(list_places, catalog.LIST_PLACES.load_request(request)),
            catalog.RELEASE_STOCK: partial(self._once, self.stock, catalog.RELEASE_STOCK, release_stock),
            wallets.HOLD_POINTS: self._hold_points,
            wallets.RELEASE_HOLD: partial(self._run, self.ledger.works, wallets.RELEASE_HOLD, release_hold),
            wallets.CAPTURE_HOLD: partial(self._run, self.ledger.works, wallets.CAPTURE_HOLD, capture_hold),
            wallets.REFUND_POINTS: partial(self._run, self.ledger.works, wallets.REFUND_POINTS, refund_points),
        }
        self._told: dict[str, int] = {}

    @staticmethod
    def _once(works: Works, command: Command, usecase: Callable[..., Any], request: dict[str, Any]) -> Any:
        return works.once(command, usecase, command.load_request(request))

    @staticmethod
    def _run(works: Works, command: Command, usecase: Callable[..., Any], request: dict[str, Any]) -> Any:
        return works.run(usecase, command.load_request(request))

    def _hold_points(self, request: dict[str, Any]) -> Any:
        """The end of the hold by the clock of the shop, which may be ahead of the database's."""
        held = self._run(self.ledger.works, wallets.HOLD_POINTS, hold_points, request)
        ahead = self.shop.clock.now() - datetime.now(UTC)
        return {**held, "expires_at": to_wire(datetime.fromisoformat(held["expires_at"]) + ahead)}

    def sell(self, sku_id: str, stock: int) -> None:
        """What the goods of these tests cost, at the prices that the shop names."""
        kind, points, cash_fen = GOODS[sku_id]
        form = {"form": "ticket"} if kind == "virtual" else {}
        one = sku(stock, sku_id=sku_id, prices=[price(points, cash_fen, derived_id("prc", sku_id))], **form)
        bring_in(self.stock, goods(kind=kind, skus=[one]))

    def sell_in_bulk(self, sku_id: str, stock: int, bulk_from: int = 50) -> None:
        self.sell(sku_id, stock)
        wish = {"sku_id": sku_id, "least": bulk_from, "most": 1_000, "reason": "companies"}
        request = catalog.SET_BULK_OFFER.load_request({"request_id": new_id("req"), **wish})
        self.stock.run(set_bulk_offer, request)
        self.advance(seconds=1)

    def approve(self, order: dict[str, Any]) -> dict[str, Any]:
        """Of a bulk order; the desk's own word for it is about cases."""
        return Shop.approve(self.shop, order)

    def refuse(self, order: dict[str, Any]) -> dict[str, Any]:
        return Shop.refuse(self.shop, order)

    def advance(self, **time: float) -> None:
        """Holds of points count by the clock of their database: for them it is the past that moves."""
        before = self.shop.clock.now()
        self.shop.clock.advance(**time)
        seconds = (self.shop.clock.now() - before).total_seconds()
        earlier = "UPDATE hold SET expires_at = expires_at - make_interval(secs => :s) WHERE state = 'open'"
        self.ledger.execute(earlier, s=seconds)

    def sweep(self) -> None:
        """One turn of every timer, and of all that follows from it."""
        settle_expired_reservations(self.stock)
        settle_overdue_holds(self.ledger.works)
        self.shop.run_jobs()
        self.deliver()

    def deliver(self) -> None:
        """What was told is heard, until nobody says anything new."""
        while self._deliver_news():
            self.shop.run_jobs()

    def _deliver_news(self) -> bool:
        hearers = [(self.stock, CATALOG_HEARS), (self.ledger.works, POINTS_HEARS), (self.shop.works, HANDLERS)]
        news = [told for works, _ in hearers for told in self._news_of(works.engine)]
        for envelope in [*news, *news]:
            for works, heard in hearers:
                for event, usecase in heard.items():
                    if event.type == envelope["type"]:
                        works.apply(as_heard(event, envelope), usecase)
        return bool(news)

    def _news_of(self, engine: sa.Engine) -> list[dict[str, Any]]:
        name = str(engine.url.database)
        envelopes = emitted(engine)
        before, self._told[name] = self._told.get(name, 0), len(envelopes)
        return envelopes[before:]

    def on_shelf(self, sku_id: str) -> tuple[int, int]:
        """(on_hand, reserved)"""
        return level(self.stock.engine, sku_id)

    def wallet(self) -> tuple[int, int]:
        """(available, held)"""
        balance = self.ledger.balance(self.shop.member_id)
        return balance["available"], balance["held"]

    def breaches(self) -> list[dict[str, Any]]:
        return self.shop.broken_invariants() + broken_invariants(self.stock) + self.ledger.breaches()


def as_heard(event: Event, envelope: dict[str, Any]) -> ReceivedEvent:
    facts = {name: envelope[name] for name in ("id", "type", "subject", "sequence")}
    occurred_at = datetime.fromisoformat(envelope["occurred_at"])
    return ReceivedEvent(
        **facts, occurred_at=occurred_at, data=event.load_data(envelope["data"]), handler=f"test.{event.type}"
    )


@contextmanager
def mall_of_three(orders_db: sa.Engine, points: int = 100_000) -> Iterator[Mall]:
    """Nothing may be broken in it when it closes."""
    with fresh_database("catalog") as catalog_db, fresh_database("points") as points_db:
        mall = Mall(orders_db, catalog_db, points_db, points)
        yield mall
        assert mall.breaches() == []
