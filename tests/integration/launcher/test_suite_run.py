"""Groups in two lanes: beside each other, told one after the other, added up, and ended together."""

import re
import signal
import sys
import threading
from pathlib import Path

import pytest

from deploy.launcher.interrupts import Interrupted
from deploy.launcher.launch import Launch
from deploy.launcher.layout import Layout
from deploy.launcher.processes import start_time
from deploy.launcher.suite_groups import Group
from deploy.launcher.suite_run import BEHIND, SuiteRun
from deploy.launcher.supervisor import Supervisor
from tests.integration.launcher.stage import LIMIT, eventually, launch_in, said

COMPUTING, WAITING = (
    Group("computing", ("tests/computing",), ("-s",)),
    Group("waiting", ("tests/waiting",), ("-s",), True),
)
MEET = """
import os, pathlib, time

def test_the_other_one_is_here():
    print("{name} is nice by", os.nice(0))
    pathlib.Path("{name}.pid").write_text(str(os.getpid()))
    deadline = time.monotonic() + {limit}
    while not pathlib.Path("{other}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    print("{name} is done")
"""


@pytest.fixture
def launch(tmp_path: Path) -> Launch:
    """Of a project with one test in each lane; each waits for the other."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    write_tests(tmp_path, computing="waiting.pid", waiting="computing.pid")
    launch = launch_in(tmp_path / "home")
    return Launch(Layout(tmp_path, launch.layout.home, launch.layout.home), launch.console, launch.interrupts)


def write_tests(root: Path, **awaited: str) -> None:
    for name, other in awaited.items():
        (root / "tests" / name).mkdir(parents=True, exist_ok=True)
        (root / "tests" / name / f"test_{name}.py").write_text(MEET.format(name=name, other=other, limit=LIMIT))


def suite(launch: Launch) -> SuiteRun:
    return SuiteRun(launch, Supervisor(launch), {"MALL_HOME": str(launch.layout.home)}, launch.layout.log / "tests")


def test_lanes_run_beside_each_other_and_are_told_one_after_the_other(launch: Launch) -> None:
    assert suite(launch).run([COMPUTING, WAITING]) == 0
    told = said(launch).splitlines()
    for name, other in (("computing", "waiting"), ("waiting", "computing")):
        block = told[told.index(f"── {name}: what it said") : told.index(f"{name} is done") + 1]
        assert not [line for line in block if other in line]
    assert told[-1] == "2 passed, 0 failed"


def test_who_computes_gives_way_to_who_waits(launch: Launch) -> None:
    suite(launch).run([COMPUTING, WAITING])
    nice = dict(re.findall(r"(\w+) is nice by (\d+)", said(launch)))
    assert int(nice["computing"]) == min(19, int(nice["waiting"]) + BEHIND)


def test_the_worst_end_of_all_lanes_is_the_end(launch: Launch) -> None:
    broken = launch.layout.root / "tests/waiting/test_broken.py"
    broken.write_text("def test_broken():\n    assert not 'kept'\n")
    assert suite(launch).run([COMPUTING, WAITING]) == 1
    assert "assert not 'kept'" in said(launch)
    assert said(launch).splitlines()[-1] == "2 passed, 1 failed"


def test_a_group_alone_writes_to_whoever_watches(launch: Launch) -> None:
    write_tests(launch.layout.root, waiting="waiting.pid")
    assert suite(launch).run([WAITING]) == 0
    assert "what it said" not in said(launch)
    assert not list((launch.layout.log / "tests").glob("*.log"))


def test_an_interrupt_ends_all_lanes_and_shows_what_they_had_said(launch: Launch) -> None:
    write_tests(launch.layout.root, computing="never", waiting="never")
    pids = [launch.layout.root / f"{name}.pid" for name in ("computing", "waiting")]

    def interrupt() -> None:
        assert eventually(lambda: all(pid.exists() and pid.read_text() for pid in pids))
        launch.interrupts.received = signal.SIGINT

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(Interrupted):
        suite(launch).run([COMPUTING, WAITING])
    assert not [pid for pid in pids if start_time(int(pid.read_text()))]
    assert said(launch).count("KeyboardInterrupt") >= 2
