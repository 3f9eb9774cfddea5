"""One process of the mall as the supervisor knows it."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.launcher.processes import RunAs

# Stopped from the edge inwards: a service does not stop on SIGTERM while its broker is gone.
EDGE, SERVICE, SANDBOX, BROKER, STORE = range(5)


@dataclass(frozen=True)
class Program:
    name: str
    command: tuple[str, ...]
    ready: Callable[[], bool]
    stage: int = SERVICE
    env: dict[str, str] | None = None
    cwd: Path | None = None
    address: str = ""
    ready_url: str = ""
    stop_signal: int = signal.SIGTERM
    death_signal: int = signal.SIGKILL
    patience: float = 8.0
    """Seconds between the stop signal and SIGKILL."""
    run_as: RunAs | None = None
