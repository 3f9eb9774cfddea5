"""P10: more is asked of the running mall than it can do, once, twice and five times: redemptions, then balances."""

import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from tests.load.asking import once_and_named
from tests.load.frame import Row
from tests.load.http_driver import Load, closed_loop, get, open_loop
from tests.load.mall_side import mall_side
from tests.load.mall_work import MallWork
from tests.load.overload_rows import Kind, Phase, insist_on_lawful, row_of_recovery, rows_of_phase
from tests.load.redeem_setting import Setting

BUYERS = 64
CLOSED = (16, 32)
CONNECTIONS = 320  # more than the gateway lets in at once: that nobody is free to ask must not look like its refusal
OVERLOADS = (2.0, 5.0)
ORDERS, BALANCES = Kind("orders", "orders", 201), Kind("balances", "balances", 200)
Requests = Callable[[], Iterator[bytes]]


@dataclass
class Crowd:
    """``requests`` never end; ``settle`` waits until what they brought about is done."""

    url: str
    kind: Kind
    requests: Requests
    settle: Callable[[list[Load]], None]

    def peak(self, seconds: float) -> float:
        """Served a second by who waits for each answer, at the better of two numbers of connections."""
        return max(self._closed(seconds / len(CLOSED), connections) for connections in CLOSED)

    def phase(self, times: float, peak: float, seconds: float) -> Phase:
        count = round(times * peak * seconds)
        requests = list(itertools.islice(self.requests(), count))
        load = open_loop(self.url, requests, CONNECTIONS, times * peak, once_and_named)
        phase = Phase(self.kind, times, peak, seconds, load)
        insist_on_lawful(phase)
        return phase

    def _closed(self, seconds: float, connections: int) -> float:
        load = closed_loop(self.url, for_seconds(seconds, self.requests()), connections)
        insist_on_lawful(Phase(self.kind, 1.0, load.per_second, seconds, load))
        self.settle([load])
        return sum(answer.status == self.kind.done for answer in load.answers) / load.seconds


def run(seconds: int) -> list[Row]:
    """Each phase lasts ``seconds``."""
    with mall_side(BUYERS) as mall:
        setting = mall.setting
        buyers = Crowd(setting.url, ORDERS, partial(orders_of, setting), to_their_parcels(mall.work))
        readers = Crowd(setting.url, BALANCES, partial(balances_of, setting), no_trace)
        return [*rows_of_crowd(buyers, seconds), *rows_of_crowd(readers, seconds)]


def rows_of_crowd(crowd: Crowd, seconds: float) -> list[Row]:
    """The peak is measured before each overload anew: what a machine can do changes with what else it does."""
    normal = crowd.phase(1.0, crowd.peak(seconds), seconds)
    crowd.settle([normal.load])
    rows = rows_of_phase(normal)
    for times in OVERLOADS:
        peak = crowd.peak(seconds)
        overload, after = crowd.phase(times, peak, seconds), crowd.phase(1.0, peak, seconds)
        crowd.settle([overload.load, after.load])
        rows += [*rows_of_phase(overload), row_of_recovery(normal, overload, after)]
    return rows


def orders_of(setting: Setting) -> Iterator[bytes]:
    """The buyers in turn; a key for each."""
    while True:
        yield from setting.orders(len(setting.buyers))


def to_their_parcels(work: MallWork) -> Callable[[list[Load]], None]:
    """Follows every order that was accepted from now on."""
    since, order_ids = work.now(), list[str]()

    def settle(loads: list[Load]) -> None:
        bodies = [answer.body for load in loads for answer in load.answers if answer.status == ORDERS.done]
        order_ids.extend(json.loads(body)["order_id"] for body in bodies)
        work.wait_for_orders(order_ids, since)

    return settle


def balances_of(setting: Setting) -> Iterator[bytes]:
    headers = [{"Authorization": f"Bearer {buyer.token}"} for buyer in setting.buyers]
    return itertools.cycle([get(setting.url, "/v1/points/balance", each) for each in headers])


def no_trace(_loads: list[Load]) -> None:
    """A read leaves nothing to wait for."""


def for_seconds(seconds: float, requests: Iterator[bytes]) -> Iterator[bytes]:
    """From the first one on."""
    ends_at = time.monotonic() + seconds
    return itertools.takewhile(lambda _: time.monotonic() < ends_at, requests)
