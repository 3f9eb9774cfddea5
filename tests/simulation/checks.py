"""What must be true when a schedule has come to rest, whatever happened in it: the promises of docs/reliability.md.

The books of the four services, of the provider and of the carrier are compared with each other and with what the member
was told. Each service's own audit looks at the rest (``audits``), after many schedules.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.catalog.contract import own_element
from services.catalog.usecases.check_invariants import check_invariants as audit_catalog
from services.chassis.clock import FixedClock
from services.chassis.testkit import works_on
from services.logistics.usecases.check_invariants import check_invariants as audit_logistics
from services.orders.usecases.check_invariants import check_invariants as audit_orders
from services.points.usecases.check_invariants import check_invariants as audit_points
from tests.simulation import flash_sales
from tests.simulation.ground import GOODS, IN_A_FLASH, SERVICES, UNITS, Ground, member_of, sku_of, stock_of, wealth_of
from tests.simulation.mall import Mall
from tests.simulation.story import Member

AUDITS = {"orders": audit_orders, "points": audit_points, "catalog": audit_catalog, "logistics": audit_logistics}
_ORDERS = sa.text("""
    SELECT o.order_id, o.purchase_id, o.status, o.payment_status, o.fulfilment_status, o.points, o.coins, o.cash_fen,
           (SELECT count(*) FROM order_fact f
                WHERE f.order_id = o.order_id AND f.what = 'order.confirmed') AS confirmed,
           (SELECT coalesce(sum(e.cash_fen), 0) FROM merchant_entry e
                WHERE e.order_id = o.order_id AND e.kind IN ('credit', 'debit')) AS credited_fen,
           (SELECT coalesce(sum(e.points), 0) FROM merchant_entry e
                WHERE e.order_id = o.order_id AND e.kind IN ('credit', 'debit')) AS credited_points,
           (SELECT coalesce(sum(e.coins), 0) FROM merchant_entry e
                WHERE e.order_id = o.order_id AND e.kind IN ('credit', 'debit')) AS credited_coins,
           (SELECT coalesce(sum(l.quantity), 0) FROM order_line l
                WHERE l.order_id = o.order_id AND l.kind = 'virtual') AS codes,
           (SELECT count(*) FROM issued_code c WHERE c.order_id = o.order_id) AS issued,
           (SELECT jsonb_object_agg(sku_id, quantity) FROM order_line l WHERE l.order_id = o.order_id) AS pieces
    FROM orders o WHERE o.member_id = :member_id ORDER BY o.order_id
""")
_HOLDS = sa.text("""
    SELECT h.order_id, a.unit, h.state, h.captured - h.refunded AS kept
    FROM hold h JOIN account a ON a.id = h.account_id WHERE a.owner = :member_id
""")
_WALLETS = sa.text("""
    SELECT unit, posted, held, (SELECT coalesce(sum(amount), 0) FROM entry WHERE account_id = account.id) AS booked
    FROM account WHERE owner = :member_id AND kind = 'wallet'
""")
_STOCK = sa.text("SELECT element_id, on_hand, reserved FROM stock_level WHERE element_id = ANY(:elements)")
_RESERVED = sa.text("SELECT order_id, status FROM reservation WHERE order_id = ANY(:orders)")
_SHIPMENTS = sa.text("SELECT id, order_id, status FROM shipment WHERE member_id = :member_id")
_HEARD = sa.text("""
    SELECT handler, count(*) FROM inbox WHERE handler = ANY(:handlers) AND event_id = ANY(:events) GROUP BY handler
    UNION ALL SELECT 'nobody yet', count(*) FROM outbox HAVING count(*) > 0
""")
GOOD, BAD = ("completed",), ("closed", "cancelled")


@dataclass
class Books:
    """What each service has on record about the member of a run."""

    orders: list[Any]
    holds: dict[tuple[str, str], Any]
    wallets: dict[str, Any]
    stock: dict[str, Any]
    reserved: dict[str, str]
    shipments: list[Any]


def breaches(mall: Mall, member: Member) -> list[str]:
    """Each in a sentence; none, if all promises were kept."""
    books = _books(mall, member.run)
    return [
        *mall.failures,
        *(f"P6: {dead.queue} has a dead letter: {dead.reason}" for dead in mall.bus.dead),
        *_answers(member, books),
        *(breach for order in books.orders for breach in _order(mall, books, order)),
        *_sums(mall, member.run, books),
        *_flash_sale(mall, member, books),
        *messages(mall),
    ]


def audits(ground: Ground, clock: FixedClock) -> list[str]:
    found = []
    for service in SERVICES:
        with works_on(ground.engines[service], clock).begin() as work:
            work.connection.exec_driver_sql(f"SET LOCAL sim.now TO '{clock.now().isoformat()}'")
            found += [f"{service}: {check}" for check in AUDITS[service](work) if not check["ok"]]
    return found


def _books(mall: Mall, run: str) -> Books:
    ask = {name: store.ask for name, store in mall.stores.items()}
    of_member = {"member_id": member_of(run)}
    orders = ask["orders"](_ORDERS, **of_member)
    elements = [own_element(sku_of(run, name)) for name in GOODS]
    return Books(
        orders=orders,
        holds={(row.order_id, row.unit): row for row in ask["points"](_HOLDS, **of_member)},
        wallets={row.unit: row for row in ask["points"](_WALLETS, **of_member)},
        stock={row.element_id: row for row in ask["catalog"](_STOCK, elements=elements)},
        reserved=dict(tuple(row) for row in ask["catalog"](_RESERVED, orders=[order.order_id for order in orders])),
        shipments=ask["logistics"](_SHIPMENTS, **of_member),
    )


def _answers(member: Member, books: Books) -> Iterator[str]:
    stored = {order.order_id for order in books.orders}
    told = {order["order_id"] for placed in member.purchases for order in placed.orders}
    if stored - told and all(placed.is_sure for placed in member.purchases):
        yield f"P1: orders that nobody was told of: {sorted(stored - told)}"
    if told - stored:
        yield f"P1: orders that were promised and are not there: {sorted(told - stored)}"
    for placed in member.purchases:
        certain = [answer for answer in placed.answers if placed.is_certain(answer)]
        if any(answer != certain[0] for answer in certain):
            yield f"P1: one request, several answers: {certain}"


def _order(mall: Mall, books: Books, order: Any) -> Iterator[str]:
    name, holds = order.order_id[:12], {unit: books.holds.get((order.order_id, unit)) for unit in UNITS}
    shipments = [row for row in books.shipments if row.order_id == order.order_id]
    kept = {unit: hold.kept if hold else 0 for unit, hold in holds.items()}
    is_held = any(hold and hold.state == "open" for hold in holds.values())
    reserved = books.reserved.get(order.order_id)
    if order.confirmed > 1:
        yield f"P2: {name} was confirmed {order.confirmed} times"
    if is_held or reserved == "held":
        yield f"P3, P4: {name} is {order.status}, and its holds never ended: {holds}, {reserved}"
    if order.status in GOOD:
        if kept != _price(order) or _credited(order) != (*_price(order).values(), order.cash_fen):
            yield f"P3: {name} is completed for {_price(order)}, {kept} were taken; {order}"
        if order.payment_status != "paid" or reserved != "committed":
            yield f"P2: {name} is completed, but {order.payment_status} and {reserved}"
        if order.issued != order.codes or not all(mall.carrier.delivered(row.id) for row in shipments):
            yield f"P2: {name} is completed, and not all of it was delivered"
    elif order.status in BAD:
        if any((*kept.values(), *_credited(order))) or reserved == "committed":
            yield f"P2: {name} is {order.status}, and not everything went back: {kept}, {reserved}; {order}"
        if any(mall.carrier.delivered(row.id) for row in shipments):
            yield f"P2: {name} is {order.status}, and was delivered all the same"
    else:
        yield f"P2: {name} never ended: {order}"


def _price(order: Any) -> dict[str, int]:
    return {unit: getattr(order, column) for unit, column in UNITS.items()}


def _credited(order: Any) -> tuple[int, int, int]:
    return order.credited_points, order.credited_coins, order.credited_fen


def _flash_sale(mall: Mall, member: Member, books: Books) -> Iterator[str]:
    if not flash_sales.has_one(member.run):
        return
    sku_id = sku_of(member.run, IN_A_FLASH)
    orders = {order.order_id: order for order in books.orders if sku_id in order.pieces}
    yield from flash_sales.breaches_of_sale(mall.stores["catalog"], member.run, member.asked_for_tickets, orders)


def _sums(mall: Mall, run: str, books: Books) -> Iterator[str]:
    completed = [order for order in books.orders if order.status in GOOD]
    paid = sum(order.cash_fen for order in completed)
    for unit, had in wealth_of(run).items():
        wallet, spent = books.wallets[unit], sum(_price(order)[unit] for order in completed)
        if (wallet.posted, wallet.held, wallet.booked) != (had - spent, 0, had - spent):
            yield f"P3: {had} {unit}, of which {spent} were spent, are now {wallet}"
    if mall.provider.kept_fen != paid:
        yield f"P2: {paid} fen are due for what was completed, {mall.provider.kept_fen} are kept at the provider"
    sold = Counter[str]()
    for order in completed:
        sold.update(order.pieces)
    for good in GOODS:
        level, sku_id = books.stock[own_element(sku_of(run, good))], sku_of(run, good)
        is_carried, left = GOODS[good].kind == "physical", stock_of(run, good) - sold[sku_id]
        if is_carried and (level.on_hand, level.reserved) != (left, 0):
            yield f"P4: of {stock_of(run, good)} {good} {sold[sku_id]} were sold, which leaves {level}"
        if level.on_hand < 0 or level.reserved:
            yield f"P4: {good}: {level}"


def messages(mall: Mall) -> Iterator[str]:
    """Each event was heard by all who listen, and applied once by each."""
    yield from (f"P5: {who} applied {event} {often} times" for (who, event), often in mall.applied.items() if often > 1)
    events = list(mall.bus.published)
    due = Counter(queue for kind in mall.bus.published.values() for queue in mall.bus.listeners.get(kind, ()))
    heard = Counter[str]()
    handlers = [mall.bus.handler_of(queue) for queue in due]
    for store in mall.stores.values():
        heard.update(dict(tuple(row) for row in store.ask(_HEARD, handlers=handlers, events=events)))
    if waiting := heard["nobody yet"]:
        yield f"P5: {waiting} events wait to be told"
    for queue, many in due.items():
        handler = mall.bus.handler_of(queue)
        if heard[handler] != many:
            yield f"P5: {many} events were due to {queue}, {heard[handler]} were applied"
