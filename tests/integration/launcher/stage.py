"""Small stand-ins for everything the launcher starts, and a launcher that writes what it says into a string."""

import io
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from deploy.launcher.console import Console
from deploy.launcher.launch import Launch
from deploy.launcher.layout import ROOT, Layout
from deploy.launcher.ports import HOST, Ports
from deploy.launcher.probes import http_ok
from deploy.launcher.program import SERVICE, Program
from deploy.launcher.roster import Cast

STAND_IN = str(Path(__file__).with_name("stand_in.py"))
LIMIT = 40.0
"""Generous: a machine busy with other work starts things slowly, and no test waits longer than it must."""


def launch_in(home: Path) -> Launch:
    launch = Launch(Layout(ROOT, home, home), Console(io.StringIO()))
    launch.layout.make()
    return launch


def said(launch: Launch) -> str:
    assert isinstance(launch.console.stream, io.StringIO)
    return launch.console.stream.getvalue()


def stand_in(name: str, port: int, stage: int = SERVICE) -> Program:
    url = f"http://{HOST}:{port}/readyz"
    command = (sys.executable, STAND_IN, str(port))
    return Program(name, command, partial(http_ok, url), stage=stage, address=f"{HOST}:{port}", ready_url=url)


def one_service(_layout: Layout, ports: Ports, _settings: Mapping[str, str]) -> list[Program]:
    return [stand_in("shop", ports.book("shop", 18301))]


def nobody(_layout: Layout, _ports: Ports, _settings: Mapping[str, str]) -> list[Program]:
    return []


def small_cast() -> Cast:
    quiet = ("-c", "")
    seed = ("-c", "print('3 products')")
    return Cast(partners=nobody, services=one_service, keys=quiet, migrate=quiet, topology=quiet, seed=seed)


def eventually(holds: Callable[[], bool], limit: float = LIMIT) -> bool:
    deadline = time.monotonic() + limit
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
