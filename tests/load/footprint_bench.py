"""S10: what the whole mall takes while nobody asks for anything, and how soon it is up again."""

import os
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from deploy.launcher import records
from tests.load.cpu import Group, group_of_pids, postgres_group, rabbitmq_group
from tests.load.frame import Row, plain
from tests.load.mall_work import mall_work
from tests.load.memory import Memory, memory_of
from tests.load.order_load import idle_ms_per_second
from tests.load.warm_start import warm_starts

REST_S, IDLE_S = 30.0, 30.0
GOAL_MEMORY, GOAL_WARM_S = 1_000, 10.0
LAUNCHER = "launcher"
SERVERS = ("postgres", "rabbitmq")


class Alone(Group):
    """The launcher: everything else runs below it, the benchmark too."""

    def processes(self) -> list[psutil.Process]:
        return list(self.roots)


def run(starts: int) -> list[Row]:
    """A mall at rest for half a minute; then as many warm starts of another one."""
    database_url, amqp_url = os.environ["MALL_DATABASE_URL"], os.environ["MALL_AMQP_URL"]
    servers = [postgres_group(database_url), rabbitmq_group(amqp_url)]
    groups = [*started_by_launcher(Path(os.environ["MALL_HOME"]) / "run"), *servers]
    with mall_work(database_url) as work:
        work.wait_for_rest()
    time.sleep(REST_S)
    idle = idle_ms_per_second(groups, IDLE_S)
    memory = {group.name: memory_of(group) for group in groups}
    return [*rows_of_memory(memory), *rows_of_idle(idle), row_of_starts(warm_starts(starts))]


def started_by_launcher(folder: Path) -> list[Group]:
    """Services, gateway, sandboxes and the launcher itself. PostgreSQL and RabbitMQ may be servers of others and are
    looked for elsewhere."""
    alive = {record.name: record.pid for record in records.read_all(folder) if record.alive}
    launcher = alive.pop(records.LAUNCHER)
    groups = [group_of_pids(name, [pid]) for name, pid in alive.items() if name not in SERVERS]
    return [*groups, Alone(LAUNCHER, (psutil.Process(launcher),))]


def rows_of_memory(memory: Mapping[str, Memory]) -> list[Row]:
    rss, pss = sum(each.rss for each in memory.values()), sum(each.pss for each in memory.values())
    totals = [
        plain("S10.pss", "the whole mall idle, shared pages counted once", "MB", pss, GOAL_MEMORY),
        plain("S10.rss", "the same, shared pages counted in every process", "MB", rss, GOAL_MEMORY),
    ]
    largest_first = sorted(memory.items(), key=lambda item: -item[1].pss)
    parts = [
        row
        for name, each in largest_first
        for row in (
            plain(f"S10.pss.{name}", f"{name}: its part of shared pages and its own", "MB", each.pss),
            plain(f"S10.rss.{name}", f"{name}: all pages that it sees", "MB", each.rss),
        )
    ]
    return [*totals, *parts]


def rows_of_idle(idle: Mapping[str, float]) -> list[Row]:
    unit = "CPU-ms/s"
    busiest_first = sorted(idle.items(), key=lambda item: -item[1])
    parts = [plain(f"S10.idle.{name}", f"{name} while nobody asks", unit, used) for name, used in busiest_first]
    return [plain("S10.idle", "the whole mall while nobody asks", unit, sum(idle.values())), *parts]


def row_of_starts(seconds: Sequence[float]) -> Row:
    what = f"./mall up where it has been before, median of {len(seconds)}, by its own account"
    return plain("S10.warm", what, "s", statistics.median(seconds), GOAL_WARM_S)
