"""Which tests run together in one pytest, and which of them need a database and a broker."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

CHASSIS = "tests/integration/chassis"
# nameko's own threads need eventlet's patches before anything else is imported: a process of its own.
GREEN = ("-p", "tests.support.green")
WITHOUT_SERVICES = ("tests/unit", "tests/contract")
FAULTS = "tests/faults"  # starts servers of its own, which nobody else may be using when they are killed
CONFORMANCE = "tests/conformance"  # plays with a mall of its own
A_MINUTE_OF_FAULTS = f"{FAULTS}/test_quick_chaos.py"
PROCESSES = ("--numprocesses=auto", "--maxprocesses=4")
# Each module in one process, with its own databases, in the order of tests/conftest.py: left alone, modules of few
# tests come last, and the longest are among these. More processes than this only wait for the one PostgreSQL.
SIDE_BY_SIDE = (*PROCESSES, "--dist=loadfile", "--no-loadscope-reorder")


@dataclass(frozen=True)
class Group:
    name: str
    folders: tuple[str, ...]
    options: tuple[str, ...] = ()
    waits: bool = False
    """Mostly for servers, timers and deadlines: others may use the processors meanwhile."""

    @property
    def needs_services(self) -> bool:
        return not all(folder.startswith((*WITHOUT_SERVICES, FAULTS, CONFORMANCE)) for folder in self.folders)

    def command_line(self, root: Path) -> list[str]:
        """Only the folders that exist; empty when none does."""
        there = [folder for folder in self.folders if (root / folder.partition("::")[0]).exists()]
        return [*there, *self.options] if there else []


GROUPS = (
    Group("unit", WITHOUT_SERVICES, SIDE_BY_SIDE),
    Group("integration", ("tests/integration",), (f"--ignore={CHASSIS}", *SIDE_BY_SIDE)),
    Group("chassis", (CHASSIS,), GREEN, waits=True),
    Group("simulation", ("tests/simulation",), PROCESSES),
    Group("journeys", ("tests/journeys",), waits=True),
    Group("conformance", (CONFORMANCE,), waits=True),
    Group("chaos", (A_MINUTE_OF_FAULTS,), waits=True),
)

# Only when they are asked for by name.
APART = (Group("mutants", ("tests/mutants",)), Group("faults", (FAULTS,), (f"--ignore={A_MINUTE_OF_FAULTS}",)))
NAMES = tuple(group.name for group in (*GROUPS, *APART))


def chosen_groups(name: str | None, rest: Sequence[str]) -> list[Group]:
    """By name (also as the first word), by paths, or all that are not apart; pytest options go to each."""
    if name is None and rest and rest[0] in NAMES:
        name, rest = rest[0], rest[1:]
    paths = tuple(word for word in rest if word.startswith("tests"))
    options = tuple(word for word in rest if not word.startswith("tests"))
    groups = _by_paths(paths) if paths else _by_name(name)
    return [replace(group, options=(*group.options, *options)) for group in groups]


def lanes_of(groups: Sequence[Group]) -> list[list[Group]]:
    """What runs beside each other, each lane one group after the other: those that compute, and those that wait."""
    lanes = [[group for group in groups if group.waits is waits] for waits in (False, True)]
    return [lane for lane in lanes if lane]


def _by_name(name: str | None) -> list[Group]:
    return [group for group in (*GROUPS, *APART) if group.name == name] if name else list(GROUPS)


def _by_paths(paths: tuple[str, ...]) -> list[Group]:
    """One pytest, and a second one if tests of the chassis are among them: unpatched these would hang."""
    chassis = tuple(path for path in paths if path.startswith(CHASSIS))
    others = tuple(path for path in paths if not path.startswith(CHASSIS))
    if any(CHASSIS.startswith(path.rstrip("/")) for path in others):
        chassis = (CHASSIS,)
    apart = [
        folder for group in APART for folder in group.folders if not any(path.startswith(folder) for path in others)
    ]
    ignored = tuple(f"--ignore={folder}" for folder in (CHASSIS, *apart))
    groups = [Group("chosen", others, ignored), Group("chassis", chassis, GREEN)]
    return [group for group in groups if group.folders]
