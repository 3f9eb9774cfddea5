"""The footprint: which processes it counts, and what it tells of them."""

import os
import time
from pathlib import Path

import pytest

from deploy.launcher import records
from deploy.launcher.processes import start_time
from tests.load.children import running
from tests.load.footprint_bench import rows_of_idle, rows_of_memory, started_by_launcher
from tests.load.memory import Memory


def write(folder: Path, name: str, pid: int, started: str | None = None) -> None:
    records.write(folder, records.Record(name, pid, started or start_time(pid), time.time()))


def test_all_that_the_launcher_keeps_and_itself_without_what_runs_below_it(tmp_path: Path) -> None:
    with running("tests.unit.load.talker") as child:
        for name in ("orders", "postgres", "rabbitmq"):
            write(tmp_path, name, child.pid)
        write(tmp_path, "points", child.pid, started="of another process that had this number")
        write(tmp_path, records.LAUNCHER, os.getpid())

        groups = {group.name: [process.pid for process in group.processes()] for group in started_by_launcher(tmp_path)}

    assert groups == {"orders": [child.pid], "launcher": [os.getpid()]}


@pytest.mark.parametrize(("pss", "met"), [(400.0, True), (401.0, False)])
def test_the_goal_is_on_the_sum(pss: float, met: bool) -> None:
    rows = rows_of_memory({"orders": Memory(rss=700, pss=pss), "postgresql": Memory(rss=400, pss=600)})

    assert [(row.id, row.ours, row.met) for row in rows[:2]] == [("S10.pss", 600 + pss, met), ("S10.rss", 1100, False)]
    assert [row.id for row in rows[2:]] == [
        "S10.pss.postgresql",
        "S10.rss.postgresql",
        "S10.pss.orders",
        "S10.rss.orders",
    ]


def test_the_busiest_comes_first() -> None:
    rows = rows_of_idle({"orders": 5.0, "postgresql": 12.5})

    assert [(row.id, row.ours) for row in rows] == [
        ("S10.idle", 17.5), ("S10.idle.postgresql", 12.5), ("S10.idle.orders", 5.0),
    ]  # fmt: skip
