"""The groups of tests: one after the other in each lane, and the lanes beside each other.

In a single lane pytest writes straight to whoever watches. Of several each writes into a file, which is shown when the
group has ended, or was interrupted: so a watcher reads one group after the other.
"""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from deploy.launcher.environment import child_environment
from deploy.launcher.language import text
from deploy.launcher.launch import Launch
from deploy.launcher.processes import start_child
from deploy.launcher.suite_groups import Group, lanes_of
from deploy.launcher.suite_report import NOTHING_COLLECTED, Tally, tally_of
from deploy.launcher.supervisor import Supervisor
from deploy.launcher.watching import end_politely, exit_code

BEHIND = 5
"""By how much those that compute are nicer than those that wait, whose deadlines are in real time."""


@dataclass
class Running:
    group: Group
    child: "subprocess.Popen[bytes]"
    report: Path
    output: Path | None
    began: float


class SuiteRun:
    def __init__(self, launch: Launch, supervisor: Supervisor, settings: Mapping[str, str], reports: Path) -> None:
        self.launch, self.supervisor, self.settings, self.reports = launch, supervisor, settings, reports
        self._total, self._worst = Tally(), 0

    def run(self, groups: Sequence[Group]) -> int:
        self.reports.mkdir(parents=True, exist_ok=True)
        self._run_lanes(lanes_of(groups))
        if self._total.missing and os.environ.get("CI") == "true":
            self.launch.console.trouble("test.skips.in.ci", count=self._total.missing)
            self._worst = max(self._worst, 1)
        self.launch.console.line(self._total.last_line)
        return self._worst

    def _run_lanes(self, lanes: list[list[Group]]) -> None:
        is_alone = len(lanes) == 1
        running: list[Running | None] = [None for _ in lanes]
        try:
            while any(lanes) or any(running):
                for number, lane in enumerate(lanes):
                    one = running[number]
                    if one and one.child.poll() is not None:
                        self._end(one)
                        one = None
                    running[number] = one or (self._begin(lane.pop(0), is_alone) if lane else None)
                self.supervisor.tick()
        except BaseException:
            left = [one for one in running if one]
            end_politely(*(one.child for one in left))
            for one in left:
                self._show(one)
            raise

    def _begin(self, group: Group, is_alone: bool) -> Running | None:
        """None, if there is nothing to run."""
        console, words = self.launch.console, group.command_line(self.launch.layout.root)
        report, output = (self.reports / f"{group.name}.{kind}" for kind in ("xml", "log"))
        report.unlink(missing_ok=True)
        output.unlink(missing_ok=True)
        if not words:
            console.tell("test.nothing", name=group.name)
            return None
        console.tell("test.group", name=group.name, what=" ".join(words))
        command: list[str | Path] = [self.launch.layout.python, "-m", "pytest", f"--junitxml={report}", *words]
        with nullcontext() if is_alone else output.open("wb") as file:
            child = start_child(
                command,
                output=file,
                env=child_environment(self.settings),
                cwd=self.launch.layout.root,
                nice=0 if is_alone or group.waits else BEHIND,
            )
        if not is_alone:
            console.note("test.output", path=output)
        return Running(group, child, report, None if is_alone else output, time.monotonic())

    def _end(self, one: Running) -> None:
        console, name, code = self.launch.console, one.group.name, exit_code(one.child)
        self._show(one)
        if code == NOTHING_COLLECTED:
            console.tell("test.nothing", name=name)
        else:
            result = text("test.failed", code=code) if code else text("test.passed")
            console.tell("test.time", name=name, seconds=f"{time.monotonic() - one.began:.1f}", result=result)
        self._total += tally_of(one.report, code)
        self._worst = max(self._worst, 0 if code == NOTHING_COLLECTED else code)

    def _show(self, one: Running) -> None:
        if one.output:
            self.launch.console.tell("test.said", name=one.group.name)
            self.launch.console.line(one.output.read_text(errors="replace").rstrip())
