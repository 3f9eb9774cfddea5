"""What all services have on record, and what must be true of it when an order has come to its end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from services.catalog.contract import CODE
from services.orders.contract import PARCEL_LOST, PRESALE, PROVISION
from tests.integration.orders.whole.ground import COINS, FEN, MEMBER, PIECES, POINTS, Way
from tests.integration.orders.whole.mall import WholeMall
from tests.simulation.checks import messages

ORDER = sa.text("""
    SELECT o.*,
           (SELECT count(*) FROM order_fact f
                WHERE f.order_id = o.order_id AND f.what = 'order.confirmed') AS confirmed,
           (SELECT count(*) FROM issued_code c WHERE c.order_id = o.order_id) AS codes,
           (SELECT count(*) FROM merchant_escrow e WHERE e.order_id = o.order_id AND e.state = 'kept') AS kept_back
    FROM orders o WHERE o.order_id = :order_id
""")
_CREDITED = sa.text("""
    SELECT coalesce(sum(points), 0) AS points, coalesce(sum(coins), 0) AS coins, coalesce(sum(cash_fen), 0) AS fen
    FROM merchant_entry WHERE order_id = :order_id AND kind IN ('credit', 'debit')
""")
_HOLDS = sa.text("SELECT unit, state, captured - refunded AS kept FROM hold WHERE order_id = :order_id ORDER BY unit")
_WALLETS = sa.text("SELECT unit, posted, held FROM account WHERE owner = :member_id AND kind = 'wallet' ORDER BY unit")
_STOCK = sa.text("""
    SELECT coalesce(sum(on_hand), 0) AS on_hand, coalesce(sum(reserved), 0) AS reserved FROM stock_level
    WHERE element_id = ANY(:elements)
""")
_CODES = sa.text("SELECT count(*) FROM code WHERE order_id = :order_id")
_RESERVED = sa.text("SELECT status FROM reservation WHERE order_id = :order_id")
_LIMITS = sa.text("SELECT coalesce(sum(used), 0) AS used FROM limit_use WHERE member_id = :member_id")
_PRESALES = sa.text("SELECT coalesce(sum(taken), 0), coalesce(sum(allotted), 0) FROM presale")
_SHIPMENTS = sa.text("SELECT id, status FROM shipment WHERE order_id = :order_id")
COMPLETED, CALLED_OFF = "completed", ("closed", "cancelled")


@dataclass(frozen=True)
class Books:
    """Amounts that orders change, and that are what they were when everything was given back."""

    wallets: dict[str, tuple[int, int]]
    stock: tuple[int, int]
    limits: int
    presales: tuple[int, int]


def books_of(mall: WholeMall, way: Way) -> Books:
    ask = {name: store.ask for name, store in mall.stores.items()}
    return Books(
        {row.unit: (row.posted, row.held) for row in ask["points"](_WALLETS, member_id=MEMBER)},
        tuple(map(int, ask["catalog"](_STOCK, elements=way.elements)[0])),  # type: ignore[arg-type]
        int(ask["catalog"](_LIMITS, member_id=MEMBER)[0].used),
        tuple(map(int, ask["catalog"](_PRESALES)[0])),  # type: ignore[arg-type]
    )


def books_after(before: Books, way: Way) -> Books:
    """When ``PIECES`` were sold."""
    paid = {"PTS": POINTS * PIECES, "COIN": COINS * PIECES}
    wallets = {unit: (posted - paid[unit], held) for unit, (posted, held) in before.wallets.items()}
    on_hand, reserved = before.stock
    sold = PIECES if way.variant == PRESALE else 0
    presales = (before.presales[0] + sold, before.presales[1] + sold)
    return Books(wallets, (on_hand - PIECES * len(way.elements), reserved), before.limits + PIECES, presales)


def breaches(mall: WholeMall, way: Way, before: Books, order: Any) -> Iterator[str]:
    """Each in a sentence; ``order`` is its row in the end."""
    yield from mall.failures
    yield from (f"a dead letter in {dead.queue}: {dead.reason}" for dead in mall.bus.dead)
    yield from messages(mall)
    ask = {name: store.ask for name, store in mall.stores.items()}
    of_order = {"order_id": order.order_id}
    if order.status != COMPLETED and order.status not in CALLED_OFF:
        yield f"it never ended: {order.status} {order.plan}"
        return
    if order.stuck_step or order.confirmed > 1 or order.kept_back:
        yield f"stuck, confirmed more than once, or something is kept back: {order}"
    is_gone = order.status == COMPLETED or order.close_reason == PARCEL_LOST
    [[reserved]] = ask["catalog"](_RESERVED, **of_order)
    if reserved != ("committed" if is_gone else "released"):
        yield f"{order.status}, and its goods are {reserved}"
    expected = books_after(before, way) if order.status == COMPLETED else before
    if order.close_reason == PARCEL_LOST:
        expected = replace(before, stock=books_after(before, way).stock)
    if (found := books_of(mall, way)) != expected:
        yield f"{order.status}: {expected} was expected, {found} found"
    credited = tuple(map(int, ask["orders"](_CREDITED, **of_order)[0]))
    cash = cash_kept(mall)
    holds = {row.unit: row.kept for row in ask["points"](_HOLDS, **of_order)}
    shipments = ask["logistics"](_SHIPMENTS, **of_order)
    codes = int(ask["catalog"](_CODES, **of_order)[0][0])
    if order.status == COMPLETED:
        yield from _fulfilled(mall, way, order, (credited, cash, holds), shipments, codes)
    else:
        yield from _given_back(mall, order, (credited, cash, holds), shipments, codes)


def cash_kept(mall: WholeMall) -> int:
    """At the provider, and by the carrier; what finance has still to pay out is not."""
    carrier: Any = mall.carrier
    return mall.provider.kept_fen + carrier.collected_fen


def _fulfilled(mall: WholeMall, way: Way, order: Any, money: tuple, shipments: list, codes: int) -> Iterator[str]:
    credited, cash, holds = money
    paid = (POINTS * PIECES, COINS * PIECES, FEN * PIECES)
    if credited != paid or cash != paid[2] or holds != {"PTS": paid[0], "COIN": paid[1]}:
        yield f"completed: {paid} is due; credited {credited}, kept {cash} fen, captured {holds}"
    if (order.payment_status, order.fulfilment_status) != ("paid", "delivered"):
        yield f"completed, but {order.payment_status} and {order.fulfilment_status}"
    if not order.codes == codes == (PIECES if CODE in way.deliveries else 0):
        yield f"completed, with {order.codes} codes of {codes}"
    is_sent = way.is_carried and way.variant != "pick_up"
    if len(shipments) != is_sent or not all(mall.carrier.delivered(row.id) for row in shipments):
        yield f"completed, and not delivered in one parcel: {shipments}"
    if switched_on(mall) != (2 if PROVISION in way.deliveries else 0):
        yield f"completed, and {switched_on(mall)} are switched on"


def _given_back(mall: WholeMall, order: Any, money: tuple, shipments: list, codes: int) -> Iterator[str]:
    credited, cash, holds = money
    if any(credited) or cash or any(holds.values()):
        yield f"{order.status}: credited {credited}, kept {cash} fen, captured {holds}"
    if order.codes or codes or switched_on(mall):
        yield f"{order.status}, with {codes} codes, and {switched_on(mall)} switched on"
    if any(mall.carrier.delivered(row.id) for row in shipments):
        yield f"{order.status}, and delivered all the same"


def switched_on(mall: WholeMall) -> int:
    return sum(result.state == "succeeded" for result in mall.partner.operations.values())
