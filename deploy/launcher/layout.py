"""Where things are: the repository, its virtual environment and the state folder `.mall/`."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Layout:
    root: Path
    home: Path
    downloads: Path
    """What was fetched once serves every state folder, those of test runs too."""

    @classmethod
    def here(cls) -> "Layout":
        home = os.environ.get("MALL_HOME")
        folder = Path(home).absolute() if home else ROOT / ".mall"
        return cls(ROOT, folder, folder)

    def inside(self, name: str) -> "Layout":
        """A state folder of its own below this one: for a test run beside a running mall."""
        return Layout(self.root, self.home / name, self.downloads)

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def setup_log(self) -> Path:
        return self.log / "setup.log"

    @property
    def run(self) -> Path:
        """One record per running child, so that a later start finds what a crash left behind."""
        return self.home / "run"

    @property
    def stamps(self) -> Path:
        return self.home / "stamps"

    @property
    def keys(self) -> Path:
        return self.home / "keys"

    @property
    def bill_runs(self) -> Path:
        """Where files of bill runs are dropped for the service."""
        return self.home / "bill-runs"

    @property
    def stamp_of_packages(self) -> Path:
        return self.venv / "points-mall.stamp"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets.json"

    @property
    def env_file(self) -> Path:
        return self.home / "env.json"

    def make(self) -> None:
        for folder in (self.home, self.log, self.run, self.stamps, self.bill_runs):
            folder.mkdir(parents=True, exist_ok=True)
