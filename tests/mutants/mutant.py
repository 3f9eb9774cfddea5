"""One planted fault, and a copy of the project that it is planted in."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ("services", "gateway", "deploy", "tests", "pyproject.toml", "requirements.lock", "mall")
INSTALLED = ".venv"  # what a mall of the copy runs on, too
GREEN = ("-p", "tests.support.green")
LIMIT_S = 600


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


def run_suite(suite: str, project: Path) -> subprocess.CompletedProcess[str]:
    """Until its first failure."""
    words = suite.split()
    green = GREEN if words[0].startswith("tests/integration/chassis") else ()
    command = [sys.executable, "-W", "ignore", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *green, *words]
    environment = os.environ | {"PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
