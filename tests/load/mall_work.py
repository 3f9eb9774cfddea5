"""Whether all work that orders cause has been done, read from the databases of the mall."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from services.chassis.data.database import is_away, make_engine
from services.chassis.settings import database_url_of
from tests.load.patience import LOOK_EVERY_S, PATIENCE_S, wait_until

SERVICES = ("members", "points", "catalog", "orders", "logistics", "notifications")


@dataclass(frozen=True)
class Sign:
    """``sql`` gives how many things are still to be done; it may name :order_ids, :orders and :since."""

    service: str
    what: str
    sql: str


def _handled(service: str, handler: str) -> Sign:
    sql = "SELECT :orders - count(*) FROM inbox WHERE handler = :handler AND applied_at >= :since"
    return Sign(service, f"{handler} has seen every order", sql.replace(":handler", f"'{service}.{handler}'"))


OF_ORDERS = (
    Sign("points", "holds are captured", "SELECT count(*) FROM hold WHERE order_id = ANY(:order_ids) AND captured = 0"),
    Sign(
        "catalog",
        "stock is committed",
        "SELECT count(*) FROM reservation WHERE order_id = ANY(:order_ids) AND status <> 'committed'",
    ),
    Sign(
        "logistics",
        "parcels are booked",
        "SELECT :orders - count(*) FROM shipment WHERE order_id = ANY(:order_ids) AND waybill_no IS NOT NULL",
    ),
    Sign(
        "orders",
        "orders know of their parcels",
        "SELECT count(*) FROM orders WHERE order_id = ANY(:order_ids) AND fulfilment_status <> 'shipped'",
    ),
    _handled("orders", "on_points_hold_captured"),
    _handled("notifications", "on_order_confirmed"),
    _handled("notifications", "on_shipment_dispatched"),
)
AT_REST = (
    *(Sign(service, f"the outbox of {service} is empty", "SELECT count(*) FROM outbox") for service in SERVICES),
    Sign(
        "notifications",
        "messages are sent and their receipts settled",
        "SELECT count(*) FROM message"
        " WHERE state IN ('queued', 'sending') OR (channel = 'sms' AND state = 'sent' AND topic <> 'sign_in_code')",
    ),
)


class MallWork:
    """Looks into the six databases, one connection each, kept open: opening one is dearer than the looking."""

    def __init__(self, engines: dict[str, sa.Engine]) -> None:
        self._engines = engines

    def now(self) -> Any:
        return self._one("orders", "SELECT now()")

    def wait_for_rest(self) -> None:
        """Nothing on its way: no event to publish, no message to send."""
        self._wait(AT_REST)

    def wait_for_orders(self, order_ids: Sequence[str], since: Any) -> None:
        """Everything that these orders, placed at ``since`` or later, bring about has been done."""
        self._wait((*OF_ORDERS, *AT_REST), order_ids=list(order_ids), orders=len(order_ids), since=since)

    def count(self, sql: str, services: Sequence[str] = SERVICES) -> int:
        return sum(int(self._one(service, sql) or 0) for service in services)

    def highest(self, sql: str) -> float:
        return max(float(self._one(service, sql) or 0) for service in SERVICES)

    def _wait(self, signs: Sequence[Sign], **values: Any) -> None:
        for sign in signs:  # one after the other: what was done stays done
            wait_until(f"{sign.service}: {sign.what}", lambda sign=sign: self._left(sign, values) <= 0)

    def _left(self, sign: Sign, values: dict[str, Any]) -> int:
        return int(self._one(sign.service, sign.sql, values))

    def _one(self, service: str, sql: str, values: dict[str, Any] | None = None) -> Any:
        """Again for as long as the database is away: the mall goes on when it is back, and so does who looks on."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self._ask(service, sql, values)
            except sa.exc.DBAPIError as problem:
                if not is_away(problem) or time.monotonic() > deadline:
                    raise
            time.sleep(LOOK_EVERY_S)

    def _ask(self, service: str, sql: str, values: dict[str, Any] | None) -> Any:
        statement = sa.text(sql)
        named = {name: value for name, value in (values or {}).items() if name in statement.compile().params}
        with self._engines[service].connect() as connection:
            return connection.execute(statement, named).scalar_one()


@contextmanager
def mall_work(database_url: str) -> Iterator[MallWork]:
    urls = {service: database_url_of(database_url, service) for service in SERVICES}
    engines = {service: make_engine(url, 1, "bench") for service, url in urls.items()}
    try:
        yield MallWork(engines)
    finally:
        for engine in engines.values():
            engine.dispose()
