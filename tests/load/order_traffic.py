"""How much the parts of the mall say to each other for one order: events, RPC calls, transactions."""

import re
from collections.abc import Mapping

import requests

from tests.load.cpu import Group
from tests.load.frame import Measured, Row, Side, plain
from tests.load.mall_work import MallWork
from tests.load.troubles import Troubles

CALLS = re.compile(r"^mall_calls_total\{.*\} (\S+)$", re.MULTILINE)
EVENTS = "SELECT last_value FROM outbox_id_seq"
TRANSACTIONS = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
TIMEOUT_S = 10


class OrderTraffic:
    """Counts around every load of a side. Transactions are those that PostgreSQL has told of by then, and the
    timers' own are among them."""

    def __init__(self, work: MallWork, groups: list[Group], orders: int, troubles: Troubles) -> None:
        self._work, self._orders, self._troubles = work, orders, troubles
        self._ports = [process.environ()["MALL_OPS_PORT"] for group in groups for process in group.roots]
        self._loads = 0
        self._counted = dict.fromkeys(("events", "calls", "transactions"), 0)

    def counted(self, side: Side) -> Side:
        def counting() -> Measured:
            before = self._now()
            measured = side()
            after = self._now()
            if before and after:
                for name, count in after.items():
                    self._counted[name] += count - before[name]
            self._loads += 1
            return measured

        return counting

    def rows(self) -> list[Row]:
        whats = {
            "events": "events published for an order",
            "calls": "RPC calls for an order",
            "transactions": "transactions for an order, the timers' looks among them",
        }
        orders = max(self._loads * self._orders, 1)
        return [plain(f"S1.{name}", what, "an order", self._counted[name] / orders) for name, what in whats.items()]

    def _now(self) -> Mapping[str, int]:
        """Empty when a process that counts does not answer."""
        try:
            calls = sum(map(_calls_served, self._ports))
        except requests.RequestException as problem:
            self._troubles.note(f"a service could not be asked for its counters ({type(problem).__name__})")
            return {}
        return {"events": self._work.count(EVENTS), "calls": calls, "transactions": self._work.count(TRANSACTIONS)}


def _calls_served(port: str) -> int:
    text = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=TIMEOUT_S).text
    return int(sum(float(value) for value in CALLS.findall(text)))
