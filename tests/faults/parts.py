"""The parts of the running mall, as who disturbs them sees them: processes with pids, and the doors of the proxy."""

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import requests

from deploy.launcher.ports import HOST
from deploy.launcher.probes import amqp_answers, http_ok, postgres_answers
from deploy.launcher.records import Record, read_all
from tests.faults.cast import PROXY, clock_file
from tests.support.mall import wait_until

BACK_WITHIN_S = 300.0
LOOK_EVERY_S = 0.02


def put_whole(file: Path, words: str) -> None:
    """Whoever reads it reads all of it."""
    file.parent.mkdir(exist_ok=True)
    aside = file.with_suffix(".new")
    aside.write_text(words)
    aside.replace(file)


@dataclass(frozen=True)
class Parts:
    home: Path

    def records(self) -> dict[str, Record]:
        return {record.name: record for record in read_all(self.home / "run")}

    def is_ready(self, name: str) -> bool:
        record = self.records().get(name)
        if record is None or not record.alive:
            return False
        if record.ready_url:
            return http_ok(record.ready_url)
        port = int(record.address.rpartition(":")[2] or 0)
        if name == "postgres":
            return postgres_answers(HOST, port)
        return amqp_answers(HOST, port) if name == "rabbitmq" else True

    def wait_for(self, name: str) -> float:
        """Seconds until it is ready."""
        began = time.monotonic()
        deadline = began + BACK_WITHIN_S
        while not self.is_ready(name):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{name} is not back after {BACK_WITHIN_S:.0f} s")
            time.sleep(LOOK_EVERY_S)
        return time.monotonic() - began

    def wait_for_all(self) -> None:
        for name in self.records():
            self.wait_for(name)

    def strike(self, name: str, number: int = signal.SIGKILL) -> Record:
        """Sends a signal to the living process of that name; who is just being started again is waited for."""
        while True:
            wait_until(lambda: name in self.records() and self.records()[name].alive, BACK_WITHIN_S)
            record = self.records()[name]
            with suppress(ProcessLookupError):  # somebody else was quicker
                os.kill(record.pid, number)
                return record

    def wait_for_another(self, record: Record) -> float:
        """Seconds until its successor is ready."""
        began = time.monotonic()
        wait_until(lambda: self.is_replaced(record), BACK_WITHIN_S, LOOK_EVERY_S)
        self.wait_for(record.name)
        return time.monotonic() - began

    def is_replaced(self, record: Record) -> bool:
        now = self.records().get(record.name)
        return now is not None and (now.pid, now.started) != (record.pid, record.started)

    @contextmanager
    def stopped(self, name: str) -> Iterator[None]:
        """Alive, and not working."""
        record = self.strike(name, signal.SIGSTOP)
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                os.kill(record.pid, signal.SIGCONT)

    @contextmanager
    def clock_off(self, names: Sequence[str], by_s: float) -> Iterator[None]:
        files = [clock_file(self.home, name) for name in names]
        for file in files:
            put_whole(file, str(by_s))
        try:
            yield
        finally:
            for file in files:
                file.unlink(missing_ok=True)

    def poison(self, door: str, toxic: str) -> None:
        requests.get(f"{self.records()[PROXY].address}/{door}/{toxic}", timeout=60).raise_for_status()

    @contextmanager
    def poisoned(self, door: str, toxic: str) -> Iterator[None]:
        self.poison(door, toxic)
        try:
            yield
        finally:
            self.poison(door, "none")
