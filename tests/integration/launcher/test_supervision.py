"""A dead process is started again, a hopeless one is given up, and nobody outlives the launcher."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.launcher import records
from deploy.launcher.failure import Failure
from deploy.launcher.launch import Launch
from deploy.launcher.layout import ROOT
from deploy.launcher.ports import Ports
from deploy.launcher.processes import same_process, start_time
from deploy.launcher.program import Program
from deploy.launcher.supervisor import Supervisor
from tests.integration.launcher.stage import LIMIT, eventually, launch_in, said, stand_in


@pytest.fixture
def launch(tmp_path: Path) -> Launch:
    return launch_in(tmp_path / "home")


@pytest.fixture
def supervisor(launch: Launch) -> Iterator[Supervisor]:
    supervisor = Supervisor(launch)
    yield supervisor
    supervisor.stop()


def free_port(tmp_path: Path) -> int:
    return Ports(tmp_path / "none", usual=False).book("stand-in", 0)


def only_record(launch: Launch) -> records.Record:
    [record] = records.read_all(launch.layout.run)
    return record


def test_a_killed_process_is_started_again(launch: Launch, supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.add([stand_in("shop", free_port(tmp_path))])
    supervisor.wait_ready(LIMIT)
    supervisor.settle()
    first = only_record(launch)

    os.kill(first.pid, signal.SIGKILL)

    def back() -> bool:
        supervisor.tick()
        return "shop is ready again" in said(launch)

    assert eventually(back)
    second = only_record(launch)
    assert (second.pid != first.pid, second.restarts, second.alive) == (True, 1, True)
    assert "shop died (SIGKILL)" in said(launch)


def test_a_process_that_dies_at_once_is_given_up_with_its_last_words(launch: Launch, supervisor: Supervisor) -> None:
    supervisor.add([Program("broken", (sys.executable, "-c", "raise SystemExit('no such table')"), lambda: False)])
    with pytest.raises(Failure) as caught:
        supervisor.wait_ready(LIMIT)
    assert caught.value.key == "died.at.start"
    assert "no such table" in caught.value.tail


def test_one_that_ignores_the_stop_signal_is_killed_after_its_limit(
    launch: Launch, supervisor: Supervisor, tmp_path: Path
) -> None:
    ready = tmp_path / "ready"
    code = f"import signal, time; signal.signal(15, signal.SIG_IGN); open({str(ready)!r}, 'w'); time.sleep(60)"
    supervisor.add([Program("deaf", (sys.executable, "-c", code), ready.exists, patience=0.3)])
    supervisor.wait_ready(LIMIT)
    pid = only_record(launch).pid
    assert supervisor.stop() == ["deaf"]
    assert start_time(pid) == ""
    assert records.read_all(launch.layout.run) == []


LONELY_LAUNCHER = """
import sys
from pathlib import Path
from deploy.launcher.supervisor import Supervisor
from tests.integration.launcher.stage import launch_in, stand_in
supervisor = Supervisor(launch_in(Path(sys.argv[1])))
supervisor.add([stand_in("shop", int(sys.argv[2]))])
supervisor.wait_ready(15)
print("ready", flush=True)
while True:
    supervisor.tick()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the parent-death signal is Linux's")
def test_nothing_outlives_a_launcher_that_was_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", LONELY_LAUNCHER, str(tmp_path), str(free_port(tmp_path))]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout
        assert launcher.stdout.readline() == "ready\n"
        child = json.loads((tmp_path / "run" / "shop.json").read_text())
        launcher.kill()
    assert eventually(lambda: not same_process(child["pid"], child["started"]))


def test_the_next_start_clears_what_a_crash_left(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True) as orphan:
        records.write(tmp_path, records.Record("orders", orphan.pid, start_time(orphan.pid), 0.0))
        records.write(tmp_path, records.Record("points", orphan.pid, "another process by now", 0.0))
        assert records.clear_leftovers(tmp_path) == ["orders"]
        assert orphan.wait(LIMIT) == -signal.SIGTERM
    assert records.read_all(tmp_path) == []
