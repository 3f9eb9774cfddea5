"""Redemptions that keep coming at one rate, whatever else happens: ``python -m tests.load.live_worker URL``.

Lines in: ``begin RATE WALLETS``, answered at once, and ``end``, answered by a list of how many milliseconds each took
since it should have begun.
"""

import services.chassis.green  # noqa: F401 — as the service is: greenthreads, and a driver that yields to them

import json
import sys
import time

import eventlet
import sqlalchemy as sa

from services.chassis.data.database import make_engine
from tests.load.answers import answers_apart, questions
from tests.load.ledger_requests import redeem_somewhere

AT_ONCE = 16


class Traffic:
    """An open loop: who comes late is not let off, as the next ones do not wait."""

    def __init__(self, engine: sa.Engine, rate: float, wallets: int) -> None:
        self.engine, self.rate, self.wallets = engine, rate, wallets
        self.latencies_ms: list[float] = []
        self.pool, self.goes_on = eventlet.GreenPool(AT_ONCE), True
        self.thread = eventlet.spawn(self._come)

    def end(self) -> list[float]:
        self.goes_on = False
        self.thread.wait()
        self.pool.waitall()
        return self.latencies_ms

    def _come(self) -> None:
        begun, count = time.perf_counter(), 0
        while self.goes_on:
            due = begun + count / self.rate
            eventlet.sleep(max(due - time.perf_counter(), 0))
            self.pool.spawn(self._redeem, due)
            count += 1

    def _redeem(self, due: float) -> None:
        redeem_somewhere(self.engine, self.wallets)
        self.latencies_ms.append((time.perf_counter() - due) * 1000)


def main(url: str) -> None:
    answers = answers_apart()
    engine = make_engine(url, AT_ONCE, "bench-live")
    print("ready", flush=True, file=answers)
    traffic: Traffic | None = None
    for line in questions():
        if line.startswith("begin"):
            _, rate, wallets = line.split()
            traffic = Traffic(engine, float(rate), int(wallets))
            print("begun", flush=True, file=answers)
        elif traffic:
            print(json.dumps(traffic.end()), flush=True, file=answers)


if __name__ == "__main__":
    main(*sys.argv[1:])
