"""Taking Debian packages without installing them: own lists, own folder, no root; signatures are still checked."""

import shutil
from pathlib import Path

from deploy.launcher.launch import Launch
from deploy.launcher.setup_commands import run_logged


def has_apt() -> bool:
    return all(shutil.which(name) for name in ("apt-get", "dpkg-deb"))


def unpack_packages(launch: Launch, names: list[str], destination: Path) -> bool:
    """The tree appears under its final name only when complete: an interrupted download is not taken for a program."""
    work = launch.layout.downloads / "apt"
    for folder in ("lists/partial", "archives/partial", "deb"):
        (work / folder).mkdir(parents=True, exist_ok=True)
    apt = ["apt-get", *_own_folders(work), "-qq"]
    log, interrupts = launch.layout.setup_log, launch.interrupts
    if run_logged([*apt, "update"], log, interrupts):
        return False
    if run_logged([*apt, "download", *names], log, interrupts, cwd=work / "deb"):
        return False
    aside = destination.with_name(destination.name + ".part")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for package in sorted((work / "deb").glob("*.deb")):
        if run_logged(["dpkg-deb", "-x", package, aside], log, interrupts):
            return False
        package.unlink()
    shutil.rmtree(destination, ignore_errors=True)
    aside.rename(destination)
    return True


def _own_folders(work: Path) -> list[str]:
    settings = {
        "Dir::State::lists": work / "lists",
        "Dir::Cache::archives": work / "archives",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "Debug::NoLocking": "1",
        "APT::Sandbox::User": "",
    }
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]
