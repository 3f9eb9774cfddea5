"""Waiting until the mall has worked off everything that was begun while it was disturbed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.data.database import make_engine
from services.chassis.settings import database_url_of
from tests.load.mall_work import SERVICES
from tests.load.patience import wait_until

SETTLED_WITHIN_S = 600.0
OUTBOXES_WITHIN_S = 300.0
# What of these orders is still on its way. Lawful ends: called off with everything given back, or paid and delivered;
# what was sent back then is paid back.
OPEN = """
    SELECT order_id FROM orders WHERE order_id = ANY(:order_ids)
      AND NOT (status IN ('cancelled', 'closed') AND payment_status IN ('none', 'refunded'))
      AND NOT (
          status IN ('confirmed', 'completed') AND fulfilment_status = 'delivered'
          AND payment_status = CASE WHEN EXISTS (
              SELECT FROM after_sale_case c WHERE c.order_id = orders.order_id AND kind = 'return'
          ) THEN 'refunded' ELSE 'paid' END
          AND NOT EXISTS (SELECT FROM after_sale_case c WHERE c.order_id = orders.order_id AND ended_at IS NULL)
      )
"""

DUE = "UPDATE job SET next_run_at = now(), leased_until = NULL WHERE name = :timer"


class Books:
    """Reads the databases of the services, past the doors; the times of timers it changes, too. ``opened_at``: by
    the server's clock."""

    def __init__(self, database_url: str) -> None:
        urls = {service: database_url_of(database_url, service) for service in SERVICES}
        self._engines = {service: make_engine(url, 2, "faults") for service, url in urls.items()}
        self.opened_at: datetime = self.column("orders", "SELECT clock_timestamp()")[0]

    def rows(self, service: str, sql: str, **values: Any) -> list[dict[str, Any]]:
        def read(database: sa.Connection) -> list[dict[str, Any]]:
            return [dict(row) for row in database.execute(sa.text(sql), values).mappings()]

        found: list[dict[str, Any]] = self._on(service, read)
        return found

    def column(self, service: str, sql: str, **values: Any) -> list[Any]:
        return [next(iter(row.values())) for row in self.rows(service, sql, **values)]

    def make_due(self, service: str, timer: str) -> None:
        """At once, and for everybody: as if the lease of who died with it had run out."""
        self._on(service, lambda database: database.execute(sa.text(DUE), {"timer": timer}))

    def close(self) -> None:
        for engine in self._engines.values():
            engine.dispose()

    def wait_for_empty_outboxes(self) -> None:
        for service in SERVICES:
            wait_until(f"the outbox of {service} is empty", lambda s=service: self._is_sent(s), OUTBOXES_WITHIN_S)

    def wait_for_ends(self, order_ids: Sequence[str]) -> None:
        wait_until("all orders have ended", lambda: not self.open_orders(order_ids), SETTLED_WITHIN_S)

    def open_orders(self, order_ids: Sequence[str]) -> list[str]:
        return self.column("orders", OPEN, order_ids=list(order_ids))

    def _is_sent(self, service: str) -> bool:
        return self.column(service, "SELECT count(*) FROM outbox") == [0]

    def _on(self, service: str, do: Callable[[sa.Connection], Any]) -> Any:
        try:
            with self._engines[service].begin() as database:
                return do(database)
        except sa.exc.DBAPIError:  # the server was killed since it was last asked
            self._engines[service].dispose()
            with self._engines[service].begin() as database:
                return do(database)
