"""One planted fault, and a copy of the project that it is planted in."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ("services", "gateway", "deploy", "tests", "pyproject.toml", "requirements.lock", "mall")
INSTALLED = ".venv"  # what a mall of the copy runs on, too


@dataclass(frozen=True)
class Mutant:
    """``promise``: which one it breaks; in ``file`` the only ``old`` becomes ``new``; ``suite`` is what must find it,
    as pytest is told."""

    name: str
    promise: str
    file: str
    old: str
    new: str
    suite: str

    def planted_in(self, text: str) -> str:
        """Raises ValueError if the code has moved on: then the fault has to be planted anew."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.name}: {text.count(self.old)} places in {self.file} instead of one")
        return text.replace(self.old, self.new)


def copy_of_the_project(to: Path) -> Path:
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, to / name)
    (to / INSTALLED).symlink_to(ROOT / INSTALLED)
    return to


@contextmanager
def planted(mutant: Mutant, project: Path) -> Iterator[None]:
    place = project / mutant.file
    sound = place.read_text()
    place.write_text(mutant.planted_in(sound))
    try:
        yield
    finally:
        place.write_text(sound)
