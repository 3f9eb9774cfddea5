"""S1: placing an order with all that it brings about, beside the naive order, and beside the same without a bus."""

import os
import statistics
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from tests.load.cpu import Group, postgres_group, rabbitmq_group
from tests.load.failures import BenchFailed
from tests.load.frame import Measured, Row, compare, interleave, plain, rows_of_cpu
from tests.load.http_driver import Load
from tests.load.mall_side import MallSide, mall_side
from tests.load.naive_side import naive_side
from tests.load.one_side import one_side
from tests.load.order_load import idle_ms_per_second, insist_on_created, measure_orders
from tests.load.order_traffic import OrderTraffic
from tests.load.troubles import Disturbed, Troubles, watched

STEADY_S, STEADY_CONNECTIONS = 10, 64
IDLE_S = 3.0
UNIT = "CPU-ms/order"
GOAL_CPU, GOAL_RATE, GOAL_ONE, GOAL_P99_MS = 0.5, 3.0, 2.0, 300.0


def run(pairs: int, orders: int, connections: int) -> list[Row]:
    """The mall that the environment names gets ``orders`` orders of two lines in each of 2 * (pairs + 1) loads."""
    troubles = Troubles()
    with mall_side(connections) as mall:
        try:
            rows = rows_of(mall, pairs, orders, connections, troubles)
        except (BenchFailed, SQLAlchemyError, OSError) as problem:
            if not troubles.told:
                raise
            troubles.note(str(problem))
        if mall.asked_again:
            troubles.note(f"{mall.asked_again} orders had to be asked for more than once")
        if troubles.told:
            raise Disturbed(troubles, rows_of_deeds(mall))
    return rows


def rows_of(mall: MallSide, pairs: int, orders: int, connections: int, troubles: Troubles) -> list[Row]:
    amqp_url, database_url = os.environ["MALL_AMQP_URL"], os.environ["MALL_DATABASE_URL"]
    *services, postgres, rabbitmq = groups = watched(
        [*mall.groups, postgres_group(database_url), rabbitmq_group(amqp_url)], troubles
    )
    with watching_to_the_end(groups):
        ours = partial(measure_orders, mall, groups, orders, connections)
        idle = idle_ms_per_second(groups, IDLE_S)
        traffic = OrderTraffic(mall.work, services, orders, troubles)
        with naive_side(amqp_url, database_url) as naive:
            its = [*naive.groups, postgres, rabbitmq]
            reference = partial(measure_orders, naive, its, orders, connections, idle)
            beside_naive = interleave(pairs, traffic.counted(ours), reference)
        steady = steady_load(mall, statistics.median(m.per_second for m in beside_naive[0]) / 2)
        with one_side(database_url) as one:
            reference = partial(measure_orders, one, [*one.groups, postgres], orders, connections, idle)
            beside_one = interleave(pairs, ours, reference)
    rows = [
        *rows_beside_naive(connections, *beside_naive),
        row_beside_one(*beside_one),
        *rows_of_answers(connections, beside_naive[0], steady),
    ]
    return [
        *rows,
        *rows_of_cpu("S1", "ours", beside_naive[0], "order"),
        *rows_of_cpu("S1", "naive", beside_naive[1], "order"),
        *traffic.rows(),
        row_of_idle(idle),
    ]


@contextmanager
def watching_to_the_end(groups: Sequence[Group]) -> Iterator[None]:
    """Whatever goes wrong, it is known which processes had ended by then."""
    try:
        yield
    finally:
        for group in groups:
            group.milliseconds()


def rows_of_deeds(mall: MallSide) -> list[Row]:
    """What can be said of a run in which processes were killed."""
    return [
        plain("redeem.orders", "orders accepted, and followed to their parcels", "orders", mall.accepted),
        plain("redeem.again", "of them asked for more than once, with the same key", "orders", mall.asked_again),
    ]


def steady_load(mall: MallSide, per_second: float) -> Load:
    """An open loop: orders come at this rate, whether or not those before them have been answered."""
    load = mall.place_steadily(round(per_second * STEADY_S), STEADY_CONNECTIONS, per_second)
    insist_on_created(load)
    mall.settle(load)
    return load


def rows_beside_naive(connections: int, mine: list[Measured], theirs: list[Measured]) -> list[Row]:
    cpu = [[m.cpu_total for m in side] for side in (mine, theirs)]
    rate = [[m.per_second for m in side] for side in (mine, theirs)]
    what = f"orders answered with 201, {connections} connections"
    return [
        compare("S1.cpu", "CPU of an order with all follow-up work, beside naive", UNIT, *cpu, GOAL_CPU, True),
        compare("S1.rate", f"{what}, beside naive", "orders/s", *rate, GOAL_RATE, False),
    ]


def row_beside_one(mine: list[Measured], theirs: list[Measured]) -> Row:
    cpu = [[m.cpu_total for m in side] for side in (mine, theirs)]
    what = "CPU of an order with all follow-up work, beside one process without a bus"
    return compare("S1.one", what, UNIT, *cpu, GOAL_ONE, True)


def rows_of_answers(connections: int, mine: list[Measured], steady: Load) -> list[Row]:
    closed = f"{connections} connections in a closed loop"
    half = f"{len(steady.answers) / STEADY_S:.0f} orders/s, half of S1.rate, from the intended start"
    at_half = Measured({}, steady.per_second, steady.latencies_ms)
    return [
        plain("S1.p50", f"median answer, {closed}", "ms", statistics.median(m.percentile(0.5) for m in mine)),
        plain("S1.p99", f"99th percentile, {closed}", "ms", statistics.median(m.percentile(0.99) for m in mine)),
        plain("S1.p50.half", f"median answer at {half}", "ms", at_half.percentile(0.5)),
        plain("S1.p99.half", f"99th percentile at {half}", "ms", at_half.percentile(0.99), GOAL_P99_MS),
    ]


def row_of_idle(idle: Mapping[str, float]) -> Row:
    """Not of an order, but part of what a load costs: the slower the load, the more."""
    return plain("S1.idle", "CPU of the mall while nobody asks for anything", "CPU-ms/s", sum(idle.values()))
