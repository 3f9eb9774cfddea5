"""`doctor`: can the mall run on this machine, and by which way? Looks only; no network, no virtual environment."""

import argparse
import ctypes
import json
import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.launcher import records
from deploy.launcher.debian import has_apt
from deploy.launcher.language import text
from deploy.launcher.launch import Launch
from deploy.launcher.layout import Layout
from deploy.launcher.ports import Ports, is_free
from deploy.launcher.postgres_as_root import namespaces_allowed
from deploy.launcher.postgres_programs import find_postgres
from deploy.launcher.python_env import has_ensurepip, is_current
from deploy.launcher.rabbitmq_programs import find_rabbitmq

NEEDED_GIGABYTES = 1.0
LC_CTYPE = 0
GOOD, WARNING, BAD = "ok", "warning", "failed"
MARKS = {GOOD: "✓", WARNING: "!", BAD: "✗"}


@dataclass(frozen=True)
class Finding:
    check: str
    state: str
    detail: str


def examine(launch: Launch, options: argparse.Namespace) -> int:
    findings = [check(launch.layout) for check in CHECKS]
    bad = any(finding.state == BAD for finding in findings)
    if options.json:
        launch.console.line(json.dumps({"ok": not bad, "checks": [asdict(finding) for finding in findings]}))
    else:
        for finding in findings:
            label = text(f"doctor.{finding.check}")
            launch.console.line(f"  {MARKS[finding.state]} {label}: {finding.detail}")
        if not bad:
            launch.console.line("\n  " + text("doctor.good"))
    return 1 if bad else 0


def _python(_layout: Layout) -> Finding:
    return Finding("python", GOOD, f"{platform.python_version()} {platform.machine()} {platform.platform()}")


def _venv(layout: Layout) -> Finding:
    if is_current(layout):
        return Finding("venv", GOOD, str(layout.venv))
    if has_ensurepip():
        return Finding("venv", GOOD, text("doctor.venv.ensurepip"))
    if has_apt():
        return Finding("venv", GOOD, text("doctor.venv.debian"))
    return Finding("venv", BAD, text("no.venv.module.fix"))


def _postgres(layout: Layout) -> Finding:
    if os.environ.get("MALL_DATABASE_URL"):
        return Finding("postgres", GOOD, "MALL_DATABASE_URL")
    found = find_postgres(layout.venv)
    if found:
        return Finding("postgres", GOOD, f"{text('origin.' + found.origin)}: {found.bin}")
    if not is_current(layout):
        return Finding("postgres", GOOD, text("doctor.postgres.later"))
    return Finding("postgres", BAD, text("no.postgres.fix"))


def _root(_layout: Layout) -> Finding:
    if os.geteuid() != 0:
        return Finding("root", GOOD, text("doctor.root.not"))
    return Finding("root", GOOD, text("doctor.root.namespace" if namespaces_allowed() else "doctor.root.nobody"))


def _rabbitmq(layout: Layout) -> Finding:
    if os.environ.get("MALL_AMQP_URL"):
        return Finding("rabbitmq", GOOD, "MALL_AMQP_URL")
    found = find_rabbitmq(Path("/"), "installed") or find_rabbitmq(layout.downloads / "rabbitmq", "unpacked")
    if found:
        return Finding("rabbitmq", GOOD, f"{text('origin.' + found.origin)}: {found.version}, {found.home}")
    if has_apt():
        return Finding("rabbitmq", GOOD, text("doctor.rabbitmq.later"))
    return Finding("rabbitmq", BAD, text("no.rabbitmq.fix"))


def _apt(_layout: Layout) -> Finding:
    return Finding("apt", GOOD, text("doctor.apt.there" if has_apt() else "doctor.apt.missing"))


def _locale(_layout: Layout) -> Finding:
    """Asks the C library what trigram search asks it: is this character a letter?"""
    library = ctypes.CDLL(None)
    library.setlocale.restype = ctypes.c_char_p
    library.setlocale.argtypes = [ctypes.c_int, ctypes.c_char_p]
    if library.setlocale(LC_CTYPE, b"C.UTF-8") and library.iswalnum(ord("积")):
        return Finding("locale", GOOD, "积分 → 积分")
    return Finding("locale", BAD, text("doctor.locale.fix"))


def _disk(layout: Layout) -> Finding:
    place = next(folder for folder in (layout.home, *layout.home.parents) if folder.exists())
    free = shutil.disk_usage(place).free / 1e9
    return Finding("disk", GOOD if free > NEEDED_GIGABYTES else WARNING, text("doctor.disk.free", free=f"{free:.1f}"))


def _ports(layout: Layout) -> Finding:
    """Taken ones are no error: the launcher moves aside. Those of a running mall are its own."""
    remembered = Ports(layout.home / "ports.json").remembered or {"http": 8000, "pg": 15432, "amqp": 15673}
    taken = [f"{name} {port}" for name, port in remembered.items() if not is_free(port)]
    if not taken or records.running_launcher(layout.run):
        return Finding("ports", GOOD, " ".join(f"{name} {port}" for name, port in list(remembered.items())[:3]))
    return Finding("ports", WARNING, text("doctor.ports.taken", taken=", ".join(taken)))


def _running(layout: Layout) -> Finding:
    launcher = records.running_launcher(layout.run)
    if launcher:
        return Finding("running", GOOD, f"./mall {launcher.command}, pid {launcher.pid}, {launcher.address}")
    return Finding("running", GOOD, text("status.nothing"))


CHECKS: tuple[Callable[[Layout], Finding], ...] = (
    _python,
    _venv,
    _postgres,
    _root,
    _rabbitmq,
    _apt,
    _locale,
    _disk,
    _ports,
    _running,
)
