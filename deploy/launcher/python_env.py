"""The virtual environment `.venv/`: made once, stamped with the lock file it was filled from, adopted if it fits."""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.launcher.debian import has_apt, unpack_packages
from deploy.launcher.failure import Failure
from deploy.launcher.launch import Launch
from deploy.launcher.layout import Layout
from deploy.launcher.python_packages import install_packages, packages_match
from deploy.launcher.setup_commands import run_logged
from deploy.launcher.stamps import digest, holds, put


def ensure_venv(launch: Launch) -> None:
    with _one_at_a_time(launch.layout):
        _ensure(launch)


def _ensure(launch: Launch) -> None:
    layout = launch.layout
    wanted = lock_digest(layout)
    if not (holds(layout.stamp_of_packages, wanted) and layout.python.exists()):
        if not _works(layout):
            with launch.console.timed("venv.made"):
                _make(launch)
        if not packages_match(layout):
            install_packages(launch)
        put(layout.stamp_of_packages, wanted)
    _point_at_repository(layout)


def is_current(layout: Layout) -> bool:
    return layout.python.exists() and holds(layout.stamp_of_packages, lock_digest(layout))


def lock_digest(layout: Layout) -> str:
    return digest([layout.root / "requirements.lock"])


def has_ensurepip() -> bool:
    """Debian ships `venv` without it unless python3-venv is installed."""
    return importlib.util.find_spec("ensurepip") is not None and importlib.util.find_spec("venv") is not None


@contextmanager
def _one_at_a_time(layout: Layout) -> Iterator[None]:
    """`up` and `test` started together must not both fill it. The lock is on the folder: no file is left behind."""
    folder = os.open(layout.root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _works(layout: Layout) -> bool:
    """A half-filled environment is filled up; one whose Python or pip does not run is made anew."""
    if not layout.python.exists():
        return False
    return subprocess.run([layout.python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _make(launch: Launch) -> None:
    venv, log = launch.layout.venv, launch.layout.setup_log
    shutil.rmtree(venv, ignore_errors=True)
    if has_ensurepip():
        if run_logged([sys.executable, "-m", "venv", venv], log, launch.interrupts):
            raise Failure("venv.failed", log=log)
    elif has_apt():
        _make_with_debian_pip(launch)
    else:
        raise Failure("no.venv.module")


def _make_with_debian_pip(launch: Launch) -> None:
    launch.console.note("venv.from.debian")
    layout, log, interrupts = launch.layout, launch.layout.setup_log, launch.interrupts
    tree = layout.downloads / "pip"
    wheels = list(tree.glob("usr/share/python-wheels/pip-*.whl"))
    if not wheels:
        if not unpack_packages(launch, ["python3-pip-whl", "python3-setuptools-whl"], tree):
            raise Failure("pip.download", log=log)
        wheels = list(tree.glob("usr/share/python-wheels/pip-*.whl"))
    made = run_logged([sys.executable, "-m", "venv", "--without-pip", layout.venv], log, interrupts)
    pip: list[str | Path] = [layout.python, f"{wheels[0]}/pip", "install", "--no-index", wheels[0]]
    if made or run_logged(pip, log, interrupts):
        raise Failure("venv.failed", log=log)


def _point_at_repository(layout: Layout) -> None:
    """Instead of an editable install, which would need the network for its build tools."""
    for packages in layout.venv.glob("lib/python3*/site-packages"):
        pointer: Path = packages / "points_mall.pth"
        line = f"{layout.root}\n"
        if not pointer.exists() or pointer.read_text() != line:
            pointer.write_text(line)
