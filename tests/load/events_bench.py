"""S4: events from an outbox row to the committed effect, one producing and one consuming process, beside the floor."""

import json
import os
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from tests.load.children import ask_together, running
from tests.load.cpu import Group, group_of_pids, postgres_group, rabbitmq_group
from tests.load.event_setting import RETRY_AFTER_S, count_effects, event_database, event_topology, insist_on_effects
from tests.load.frame import Measured, Row, compare, interleave, measure, plain, rates, rows_of_cpu

ROLES = ("producer", "consumer")
STEADY_SHARE, STEADY_S = 0.6, 10
GOAL_RATE, GOAL_P99_MS = 1_500, 1_000


@dataclass
class EventSide:
    """A producing and a consuming process, and the servers that they use."""

    processes: Sequence[subprocess.Popen[str]]
    servers: Sequence[Group]
    url: str
    sent: int = 0

    def send(self, events: int, per_second: float = 0) -> Measured:
        """Latencies are lags: from when an event was due until its effect was committed."""

        def run() -> list[float]:
            _, lags_ms = ask_together(self.processes, f"{events} {per_second}")
            return list(json.loads(lags_ms))

        own = [group_of_pids(role, [process.pid]) for role, process in zip(ROLES, self.processes, strict=True)]
        measured = measure([*own, *self.servers], events, run)
        self.sent += events
        insist_on_effects(count_effects(self.url), self.sent)
        return measured


def run(pairs: int, events: int) -> list[Row]:
    """``events`` in each of 2 * (pairs + 1) bursts, and then for ten seconds at 60 % of the rate."""
    amqp_url, server = os.environ["MALL_AMQP_URL"], os.environ["MALL_DATABASE_URL"]
    servers = [postgres_group(server), rabbitmq_group(amqp_url)]
    with event_topology(amqp_url), our_side(server, servers) as ours, bare_side(server, servers) as bare:
        mine, theirs = interleave(pairs, lambda: ours.send(events), lambda: bare.send(events))
        per_second = STEADY_SHARE * statistics.median(rates(mine))
        steady = ours.send(round(per_second * STEADY_S), per_second)
    return [
        *rows_of_bursts(mine, theirs),
        *rows_of_lag(steady, per_second),
        *rows_of_cpu("S4", "ours", mine, "event"),
        *rows_of_cpu("S4", "bare", theirs, "event"),
    ]


@contextmanager
def our_side(server: str, servers: Sequence[Group]) -> Iterator[EventSide]:
    with ExitStack() as stack:
        urls = [stack.enter_context(event_database(server, f"bench_events_{role}")) for role in ROLES]
        processes = [
            stack.enter_context(
                running(
                    "tests.load.chassis_events",
                    role,
                    MALL_RETRY_AFTER_S=str(RETRY_AFTER_S),
                    **{f"MALL_DATABASE_URL_BENCH_EVENTS_{role.upper()}": url},
                )
            )
            for role, url in zip(ROLES, urls, strict=True)
        ]
        yield EventSide(processes, servers, urls[-1])


@contextmanager
def bare_side(server: str, servers: Sequence[Group]) -> Iterator[EventSide]:
    with ExitStack() as stack:
        url = stack.enter_context(event_database(server, "bench_events_bare"))
        processes = [
            stack.enter_context(running("tests.load.references.bare_events", role, BENCH_DATABASE_URL=url))
            for role in ROLES
        ]
        yield EventSide(processes, servers, url)


def rows_of_bursts(mine: Sequence[Measured], theirs: Sequence[Measured]) -> list[Row]:
    cpu = [[m.cpu_total for m in side] for side in (mine, theirs)]
    what = "events/s, from the outbox row to the committed effect"
    return [
        plain("S4.rate", what, "events/s", statistics.median(rates(mine)), GOAL_RATE, at_most=False),
        compare("S4.bare.rate", "the same beside the floor", "events/s", rates(mine), rates(theirs)),
        compare("S4.bare.cpu", "CPU of an event, both processes and both servers", "CPU-ms/event", *cpu),
    ]


def rows_of_lag(steady: Measured, per_second: float) -> list[Row]:
    what = f"from when an event was due to its committed effect, at {per_second:.0f} events/s, 60 % of S4.rate"
    return [
        plain("S4.lag.p50", f"median {what}", "ms", steady.percentile(0.5)),
        plain("S4.lag.p99", f"99th percentile {what}", "ms", steady.percentile(0.99), GOAL_P99_MS),
    ]
