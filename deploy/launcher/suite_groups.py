"""Which tests run together in one pytest, and which of them need a database and a broker."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

CHASSIS = "tests/integration/chassis"
# nameko's own threads need eventlet's patches before anything else is imported: a process of its own.
GREEN = ("-p", "tests.support.green")
WITHOUT_SERVICES = ("tests/unit", "tests/contract")


@dataclass(frozen=True)
class Group:
    name: str
    folders: tuple[str, ...]
    options: tuple[str, ...] = ()

    @property
    def needs_services(self) -> bool:
        return not self.folders or not all(folder.startswith(WITHOUT_SERVICES) for folder in self.folders)

    def command_line(self, root: Path) -> list[str]:
        """Only the folders that exist; empty when none does."""
        there = [folder for folder in self.folders if (root / folder.partition("::")[0]).exists()]
        return [*there, *self.options] if there or not self.folders else []


GROUPS = (
    Group("unit", WITHOUT_SERVICES),
    Group("integration", ("tests/integration",), (f"--ignore={CHASSIS}",)),
    Group("chassis", (CHASSIS,), GREEN),
    Group("journeys", ("tests/journeys",)),
)


def chosen_groups(name: str | None, rest: Sequence[str]) -> list[Group]:
    """Paths or pytest options without a group make one pytest of just these."""
    if name:
        return [Group(group.name, group.folders, (*group.options, *rest)) for group in GROUPS if group.name == name]
    if not rest:
        return list(GROUPS)
    paths = tuple(word for word in rest if word.startswith("tests"))
    options = tuple(word for word in rest if not word.startswith("tests"))
    green = GREEN if paths and all(path.startswith(CHASSIS) for path in paths) else ()
    return [Group("chosen", paths, (*green, *options))]
