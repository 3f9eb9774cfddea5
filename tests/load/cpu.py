"""CPU time by process group, from the operating system's own accounting.

A group is a root process with everything below it; what a child used is kept when the parent has waited for it, so
PostgreSQL's backends count also after they ended.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass

import psutil
import sqlalchemy as sa

from services.chassis.data.database import make_engine
from tests.load.failures import BenchFailed

MILLISECONDS = 1000


@dataclass(frozen=True)
class Group:
    name: str
    roots: tuple[psutil.Process, ...]

    def processes(self) -> list[psutil.Process]:
        return [process for root in self.roots for process in (root, *root.children(recursive=True))]

    def milliseconds(self) -> float:
        try:
            return sum(map(_process_ms, self.processes())) * MILLISECONDS
        except psutil.NoSuchProcess as gone:
            raise BenchFailed(f"a process of {self.name} ended in the middle of the benchmark ({gone})") from None


def group_of_pids(name: str, pids: Iterable[int]) -> Group:
    return Group(name, tuple(psutil.Process(pid) for pid in pids))


def postgres_group(url: str) -> Group:
    """The server behind ``url``, which must run on this machine."""
    engine = make_engine(url, 1)
    with engine.connect() as connection:
        backend = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        try:
            postmaster = psutil.Process(backend).parent()
        except psutil.NoSuchProcess:  # the server lives in a process namespace of its own
            postmaster = _listener(connection.engine.url.port or 5432)
    engine.dispose()
    return Group("postgresql", (postmaster,))  # type: ignore[arg-type]


def rabbitmq_group(url: str) -> Group:
    port = int(url.rsplit("@", 1)[-1].split("/", maxsplit=1)[0].rpartition(":")[2] or 5672)
    return Group("rabbitmq", (_listener(port),))


def mall_groups(amqp_url: str) -> list[Group]:
    """The services and the gateway that run on this broker, found by what they were started with."""
    found: dict[str, list[psutil.Process]] = {}
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if "services.chassis.run" in words and _environment(process).get("MALL_AMQP_URL") == amqp_url:
            found.setdefault(words[-1].removeprefix("services."), []).append(process)
    return [Group(name, tuple(processes)) for name, processes in sorted(found.items())]


def load_average() -> float:
    return round(os.getloadavg()[0], 2)


def _listener(port: int) -> psutil.Process:
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            return psutil.Process(connection.pid)
    raise LookupError(f"no process of this machine listens on port {port}")


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return {}


def _process_ms(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system + times.children_user + times.children_system
