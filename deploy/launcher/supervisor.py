"""Starts programs, waits until they are ready, starts dead ones again, stops all in order. One thread, the main one."""

import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from deploy.launcher import records
from deploy.launcher.backoff import Backoff
from deploy.launcher.failure import Failure, last_lines
from deploy.launcher.launch import Launch
from deploy.launcher.processes import send, start_child, start_time
from deploy.launcher.program import Program

TICK = 0.05
DEATHS_WHILE_STARTING = 3
WRONG_SETTINGS = 2
"""With this code a service says that it cannot start at all: no use trying again."""


@dataclass
class Child:
    program: Program
    process: "subprocess.Popen[bytes] | None" = None
    began: float = 0.0
    restarts: int = 0
    ready: bool = False
    due: float | None = None
    """When to start it again; None while it runs."""
    backoff: Backoff = field(default_factory=Backoff)


class Supervisor:
    def __init__(self, launch: Launch) -> None:
        self.launch = launch
        self.children: list[Child] = []
        self.settled = False

    def add(self, programs: Iterable[Program]) -> None:
        for program in programs:
            # While the mall starts, a process that keeps dying is a broken set-up: say so soon.
            child = Child(program, backoff=Backoff(DEATHS_WHILE_STARTING))
            self.children.append(child)
            self._start(child)

    def wait_ready(self, limit: float, stage: int | None = None) -> None:
        """Until all (of a stage) are ready: a mall of which one service is missing answers with riddles."""
        deadline = time.monotonic() + limit
        chosen = [child for child in self.children if stage in (None, child.program.stage)]
        while waiting := [child for child in chosen if not child.ready]:
            self.tick()
            if time.monotonic() > deadline:
                name, log = waiting[0].program.name, self.log_of(waiting[0].program.name)
                raise Failure("not.ready", name=name, seconds=int(limit), log=log, tail=last_lines(log))

    def settle(self) -> None:
        """The mall is up: from now on a death is an accident to recover from."""
        self.settled = True
        for child in self.children:
            child.backoff = Backoff()

    def tick(self) -> None:
        self.launch.interrupts.pause(TICK)
        now = time.monotonic()
        for child in self.children:
            if child.due is not None:
                if now >= child.due:
                    self._start_again(child)
            elif child.process and child.process.poll() is not None:
                self._bury(child, now)
            elif not child.ready and child.program.ready():
                self._greet(child)

    def stop(self) -> list[str]:
        """Stage by stage, each with its limit. Returns the names of those that had to be killed."""
        killed: list[str] = []
        for stage in sorted({child.program.stage for child in self.children}):
            killed += self._stop_stage([child for child in self.children if child.program.stage == stage])
        self.children.clear()
        return killed

    def log_of(self, name: str) -> Path:
        return self.launch.layout.log / f"{name}.log"

    def _start(self, child: Child) -> None:
        program = child.program
        log = self.log_of(program.name)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            child.process = start_child(
                program.command,
                output=output,
                env=program.env,
                cwd=program.cwd,
                death_signal=program.death_signal,
                run_as=program.run_as,
            )
        child.began, child.due, child.ready = time.monotonic(), None, False
        self._record(child, child.process.pid)

    def _record(self, child: Child, pid: int) -> None:
        program = child.program
        record = records.Record(program.name, pid, start_time(pid), time.time(), child.restarts, program.address)
        record.ready_url, record.stop_signal = program.ready_url, program.stop_signal
        record.command = " ".join(program.command)
        records.write(self.launch.layout.run, record)

    def _bury(self, child: Child, now: float) -> None:
        name, code = child.program.name, child.process.returncode if child.process else 0
        lived = now - child.began
        delay = child.backoff.after(lived)
        if delay is None or (code == WRONG_SETTINGS and not self.settled):
            log, key = self.log_of(name), "keeps.dying" if self.settled else "died.at.start"
            times = child.backoff.rapid_deaths
            raise Failure(key, name=name, end=ending(code), times=times, log=log, tail=last_lines(log))
        self.launch.console.trouble("died", name=name, end=ending(code), lived=f"{lived:.1f}", delay=f"{delay:.1f}")
        child.due, child.ready = now + delay, False

    def _start_again(self, child: Child) -> None:
        child.restarts += 1
        self._start(child)
        pid = child.process.pid if child.process else 0
        self.launch.console.done("started.again", name=child.program.name, pid=pid, restarts=child.restarts)

    def _greet(self, child: Child) -> None:
        child.ready = True
        if child.restarts and self.settled:
            self.launch.console.done("ready.again", time.monotonic() - child.began, name=child.program.name)

    def _stop_stage(self, stage: list[Child]) -> list[str]:
        running = [(child, child.process) for child in stage if child.process and child.process.poll() is None]
        for child, process in running:
            send(process.pid, child.program.stop_signal)
        deadline = time.monotonic()
        killed = []
        for child, process in running:
            try:
                process.wait(max(0.05, deadline + child.program.patience - time.monotonic()))
            except subprocess.TimeoutExpired:
                send(process.pid, signal.SIGKILL, whole_group=True)
                process.wait()
                killed.append(child.program.name)
        for child in stage:
            records.forget(self.launch.layout.run, child.program.name)
        return killed


def ending(code: int) -> str:
    """`-9` says nothing to most people; the name of the signal does."""
    if code < 0:
        return signal.Signals(-code).name
    return f"exit {code}"
