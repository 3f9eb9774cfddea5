"""Who plays in the fault suite: the whole mall, two replicas of what bears most, all services behind the proxy."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from deploy.launcher.environment import child_environment
from deploy.launcher.layout import Layout
from deploy.launcher.ports import HOST, Ports
from deploy.launcher.probes import http_ok
from deploy.launcher.program import SANDBOX, Program
from deploy.launcher.roster import THE_MALL, Cast, nameko_process, sandbox_programs, service_programs
from services.chassis import clock, crash_points
from tests.faults.doors import ANY_PORT, Door, doors_for, through_doors

PROXY = "proxy"
TWICE = ("services.points", "services.orders", "gateway")
FIRST_RANK_OF_SECOND_REPLICAS = 20


class Company:
    """The two halves of the cast know of the same doors."""

    def __init__(self) -> None:
        self._doors: list[Door] = []

    def partners(self, layout: Layout, ports: Ports, settings: Mapping[str, str]) -> list[Program]:
        self._doors = doors_for(ports, settings)
        return [*sandbox_programs(layout, ports, settings), self._proxy(layout, ports, settings)]

    def services(self, layout: Layout, ports: Ports, settings: Mapping[str, str]) -> list[Program]:
        behind = through_doors(settings, self._doors)
        second = [
            nameko_process(layout, ports, behind, module, FIRST_RANK_OF_SECOND_REPLICAS + rank, replica=2)
            for rank, module in enumerate(TWICE)
        ]
        return [_obedient(layout, each) for each in (*service_programs(layout, ports, behind), *second)]

    def _proxy(self, layout: Layout, ports: Ports, settings: Mapping[str, str]) -> Program:
        control = ports.book(PROXY, ANY_PORT)
        routes = [f"{door.name}:{door.port}:{door.target}" for door in self._doors]
        return Program(
            name=PROXY,
            command=(str(layout.python), "-m", "tests.faults.proxy", str(control), *routes),
            ready=partial(http_ok, f"http://{HOST}:{control}/"),
            stage=SANDBOX,
            env=child_environment(settings),
            cwd=layout.root,
            address=f"http://{HOST}:{control}",
        )


def _obedient(layout: Layout, program: Program) -> Program:
    """It may be told to die, and that it is another time."""
    own = {
        crash_points.SETTING: str(crash_file(layout.home, program.name)),
        clock.SETTING: str(clock_file(layout.home, program.name)),
    }
    return replace(program, env={**(program.env or {}), **own})


def crash_file(home: Path, name: str) -> Path:
    """Where the process of that name looks whether it should die, and where."""
    return home / "crash" / name


def clock_file(home: Path, name: str) -> Path:
    """Where the process of that name looks by how much its clock is wrong."""
    return home / "clock" / name


def the_cast() -> Cast:
    company = Company()
    return replace(THE_MALL, partners=company.partners, services=company.services)
