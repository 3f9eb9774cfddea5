"""A whole mall for tests: `./mall up` with a folder, a database server and a broker of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_S = 600
STOP_S = 120
NAMED_BY_OTHERS = ("MALL_DATABASE_URL", "MALL_AMQP_URL")  # this mall starts its own


@dataclass(frozen=True)
class Mall:
    home: Path

    def command(self, *words: str, **options: Any) -> "subprocess.Popen[str]":
        """``./mall words`` against this mall."""
        return self.start([str(ROOT / "mall"), *words], **options)

    def start(self, words: Sequence[str], **options: Any) -> "subprocess.Popen[str]":
        """``python words`` for this mall."""
        return subprocess.Popen(
            [sys.executable, *words],
            env=_environment(self.home),
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            text=True,
            **options,
        )

    def status(self) -> dict[str, dict[str, Any]]:
        """What runs, by name: {"points": {"pid", "restarts", "ready", …}}."""
        done = self.command("status", "--json", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        output, _ = done.communicate(timeout=30)
        return {process["name"]: process for process in json.loads(output)["processes"]} if output else {}

    def kill(self, name: str) -> None:
        """SIGKILL, as a crash; the supervisor starts it again."""
        pid = self.status()[name]["pid"]
        if pid:  # 0 while it is down; as a pid that would mean this very process group
            os.kill(pid, signal.SIGKILL)

    def is_ready(self) -> bool:
        processes = self.status()
        return "gateway" in processes and all(process["ready"] for process in processes.values())


@contextmanager
def running_mall(home: Path, program: Sequence[str] = (str(ROOT / "mall"), "up")) -> Iterator[Mall]:
    """``program`` brings it up, shows the addresses in the end and stops it on SIGTERM."""
    mall = Mall(home)
    log = (home / "up.log").open("w")
    up = mall.start(program, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: up.poll() is not None or "/docs" in (home / "up.log").read_text(), START_S)
        if up.poll() is not None:
            raise RuntimeError(f"the mall did not start:\n{(home / 'up.log').read_text()}")
        yield mall
    finally:
        up.send_signal(signal.SIGTERM)
        up.wait(STOP_S)
        log.close()


def wait_until(condition: Any, within_s: float, look_every_s: float = 0.2) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {within_s} s")
        time.sleep(look_every_s)


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in NAMED_BY_OTHERS}
    return kept | {"MALL_HOME": str(home)}
