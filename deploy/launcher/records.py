"""`.mall/run/`: who runs. Read by `status` and `down`, and by the next start to clear what a crash left behind."""

import json
import os
import signal
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from deploy.launcher.processes import same_process, send, start_time

LAUNCHER = "mall"


@dataclass
class Record:
    name: str
    pid: int
    started: str
    """As the system tells it: with the pid it identifies the process even after the pid was given to another one."""
    since: float
    restarts: int = 0
    address: str = ""
    ready_url: str = ""
    stop_signal: int = signal.SIGTERM
    command: str = ""

    @property
    def alive(self) -> bool:
        return same_process(self.pid, self.started)


def write(folder: Path, record: Record) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{record.name}.json"
    # Written aside and renamed: `status` in another terminal never reads half a record.
    aside = file.with_suffix(".new")
    aside.write_text(json.dumps(asdict(record)))
    aside.replace(file)


def forget(folder: Path, name: str) -> None:
    (folder / f"{name}.json").unlink(missing_ok=True)


def read_all(folder: Path) -> list[Record]:
    known = {field.name for field in fields(Record)}
    found = []
    for file in sorted(folder.glob("*.json")):
        try:
            content = json.loads(file.read_text())
            found.append(Record(**{key: value for key, value in content.items() if key in known}))
        except (OSError, ValueError, TypeError, AttributeError):
            continue  # cut short by a crash: nothing in it to act on
    return found


def running_launcher(folder: Path) -> Record | None:
    return next((record for record in read_all(folder) if record.name == LAUNCHER and record.alive), None)


def announce_launcher(folder: Path, command: str, address: str) -> None:
    own = os.getpid()
    write(folder, Record(LAUNCHER, own, start_time(own), time.time(), address=address, command=command))


def clear_leftovers(folder: Path, patience: float = 5.0) -> list[str]:
    """Ends what an earlier launcher left (it was killed with -9, say). Returns the names of what was still alive."""
    alive = [record for record in read_all(folder) if record.name != LAUNCHER and record.alive]
    for record in alive:
        send(record.pid, record.stop_signal)
    deadline = time.monotonic() + patience
    while any(record.alive for record in alive) and time.monotonic() < deadline:
        time.sleep(0.05)
    for record in alive:
        if record.alive:
            send(record.pid, signal.SIGKILL, whole_group=True)
    for file in folder.glob("*.json"):
        file.unlink()
    return [record.name for record in alive]
