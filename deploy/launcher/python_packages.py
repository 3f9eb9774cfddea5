"""Filling the virtual environment from requirements.lock: by uv when it can be had, else by pip; hashes checked."""

import os
import re
import subprocess
import time
from pathlib import Path

from deploy.launcher.failure import Failure, last_lines
from deploy.launcher.launch import Launch
from deploy.launcher.layout import Layout
from deploy.launcher.setup_commands import run_logged

PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)\s*(;?)", re.MULTILINE)
LIST_INSTALLED = """
import importlib.metadata as metadata
for found in metadata.distributions():
    print(found.metadata["Name"], found.version)
"""


def packages_match(layout: Layout) -> bool:
    """Every pin is installed in its version. What is pinned for some platforms only may be absent, never different."""
    asked = subprocess.run([layout.python, "-c", LIST_INSTALLED], capture_output=True, text=True, check=False)
    installed = {_plain(name): version for name, version in (line.split() for line in asked.stdout.splitlines())}
    allowed = allowed_versions((layout.root / "requirements.lock").read_text())
    return all(installed.get(name, "") in versions for name, versions in allowed.items())


def allowed_versions(lock: str) -> dict[str, set[str]]:
    """A package may be pinned twice, for different Pythons; the empty version stands for 'not needed here'."""
    allowed: dict[str, set[str]] = {}
    for name, version, marker in PIN.findall(lock):
        allowed.setdefault(_plain(name), set()).update({version, ""} if marker else {version})
    return allowed


def install_packages(launch: Launch) -> None:
    layout, log = launch.layout, launch.layout.setup_log
    launch.console.note("packages.installing")
    began = time.monotonic()
    lock = layout.root / "requirements.lock"
    quiet = ["--quiet", "--disable-pip-version-check"]
    pip: list[str | Path] = [layout.python, "-m", "pip", "install", *quiet, "--require-hashes"]
    installer = layout.root / "deploy" / "launcher" / "installer.lock"
    has_uv = run_logged([*pip, "-r", installer], log, launch.interrupts) == 0
    if has_uv and _install_with_uv(launch, lock):
        way = "uv"
    elif run_logged([*pip, "-r", lock], log, launch.interrupts) == 0:
        way = "pip"
    else:
        raise _download_failure(log)
    launch.console.done("packages.installed", time.monotonic() - began, way=way)


def _install_with_uv(launch: Launch, lock: Path) -> bool:
    layout = launch.layout
    # uv does not read the system's certificates unless told to; older versions know the second name.
    trust = {"UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true"}
    env = {**os.environ, "VIRTUAL_ENV": str(layout.venv), **trust}
    uv: list[str | Path] = [layout.venv / "bin" / "uv", "pip", "install", "--quiet", "--require-hashes", "-r", lock]
    return run_logged(uv, layout.setup_log, launch.interrupts, env=env) == 0


def _download_failure(log: Path) -> Failure:
    tail = last_lines(log, 60).lower()
    if "certificate" in tail or "unknownissuer" in tail:
        return Failure("packages.certificate", log=log)
    if any(word in tail for word in ("name resolution", "temporary failure", "connection", "network", "dns")):
        return Failure("packages.network", log=log)
    return Failure("packages.failed", log=log, tail=last_lines(log, 6))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
