"""S2: what is read most, through HTTP: a page of goods, one item, a balance; each beside three references."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial

from tests.load.bursts import burst
from tests.load.children import ask, free_port, running
from tests.load.cpu import Group, group_of_pids, mall_groups, postgres_group, rabbitmq_group
from tests.load.frame import Measured, Row, Side, compare, interleave, measure, rows_of_cpu, without
from tests.load.http_driver import get
from tests.load.mall_work import mall_work
from tests.load.naive_side import NaiveSide, naive_side
from tests.load.order_load import idle_ms_per_second
from tests.load.read_setting import Read, Sql, reads_of

AT_ONCE = 8
IDLE_S = 5.0
HTTP_PORT, SQL = "BENCH_HELLO_HTTP_PORT", "BENCH_PLAIN_READS_SQL"  # not imported: these modules patch the process
HELLO = "hello"
GOALS = {HELLO: 1.6, "plain": 1.0, "naive": 0.5}
BESIDE = {HELLO: "a bare hello", "plain": "plain RPC and the same SQL", "naive": "a GET of the naive order"}
Compared = Mapping[str, tuple[list[Measured], list[Measured]]]


def run(pairs: int, reads: int) -> list[Row]:
    """``reads`` in each burst, of each of three kinds, in pairs with each of its references: what is kept beside the
    hello, what goes through to its service beside the others."""
    url, amqp_url, database_url = (os.environ[f"MALL_{name}_URL"] for name in ("PUBLIC", "AMQP", "DATABASE"))
    servers = [postgres_group(database_url), rabbitmq_group(amqp_url)]
    mall = [*mall_groups(amqp_url), *servers]
    kinds = reads_of(url)
    with mall_work(database_url) as work:
        work.wait_for_rest()
    idle = idle_ms_per_second(servers, IDLE_S)
    rows: list[Row] = []
    with hello_side(reads) as hello, naive_side(amqp_url, database_url) as naive:
        naive.settle(naive.place(1, 1))  # the order that is read
        for read in kinds:
            asked_for = partial(burst, url, read.request, mall, 200, reads, AT_ONCE)
            with plain_side(read.sql, servers, reads, idle) as plain:
                references = {"plain": plain, "naive": naive_reads(naive, read, servers, reads, idle)}
                compared = {name: interleave(pairs, asked_for, side) for name, side in references.items()}
            if read.kept:
                compared[HELLO] = interleave(pairs, partial(burst, url, read.kept, mall, 200, reads, AT_ONCE), hello)
            rows += rows_of(read, compared)
    return rows


def rows_of(read: Read, compared: Compared) -> list[Row]:
    rows = [
        compare(
            f"S2.{read.name}.{name}",
            f"CPU of {read.what}, beside {BESIDE[name]}",
            "CPU-ms/read",
            [m.cpu_total for m in mine],
            [m.cpu_total for m in theirs],
            GOALS[name],
            True,
        )
        for name, (mine, theirs) in compared.items()
    ]
    asked_for = [measured for name, (mine, _) in compared.items() if name != HELLO for measured in mine]
    return [*rows, *rows_of_cpu("S2", read.name, asked_for, "read")]


@contextmanager
def hello_side(reads: int) -> Iterator[Side]:
    port = free_port()
    with running("tests.load.references.http_hello", **{HTTP_PORT: str(port)}) as child:
        url, groups = f"http://127.0.0.1:{port}", [group_of_pids("hello", [child.pid])]
        yield partial(burst, url, get(url, "/hello", {}), groups, 200, reads, AT_ONCE)


def naive_reads(naive: NaiveSide, read: Read, servers: Sequence[Group], reads: int, idle: Mapping[str, float]) -> Side:
    groups, request = [*naive.groups, *servers], get(naive.url, read.naive_path, {})
    return partial(burst, naive.url, request, groups, 200, reads, AT_ONCE, idle)


@contextmanager
def plain_side(sql: Sql, servers: Sequence[Group], reads: int, idle: Mapping[str, float]) -> Iterator[Side]:
    with ExitStack() as stack:
        start = partial(running, "tests.load.references.plain_reads", **{SQL: json.dumps(asdict(sql))})
        callee, caller = (stack.enter_context(start(role)) for role in ("callee", "caller"))
        groups = [group_of_pids("callee", [callee.pid]), group_of_pids("caller", [caller.pid]), *servers]
        yield partial(_calls, caller, groups, reads, idle)


def _calls(caller: subprocess.Popen[str], groups: Sequence[Group], reads: int, idle: Mapping[str, float]) -> Measured:
    def run() -> list[float]:
        float(ask(caller, f"{reads} {AT_ONCE}"))  # seconds: anything else is not an answer
        return []

    return without(idle, measure(groups, reads, run))
