"""`status`: who runs, since when, how often started again, and whether it answers."""

import argparse
import json
import socket
import time
from dataclasses import dataclass

from deploy.launcher import records
from deploy.launcher.environment import read_settings
from deploy.launcher.language import text
from deploy.launcher.launch import Launch
from deploy.launcher.probes import amqp_answers, http_ok, postgres_answers
from deploy.launcher.ready_block import address_lines

NOT_RUNNING = 3


@dataclass(frozen=True)
class Line:
    name: str
    pid: int
    uptime_s: int
    restarts: int
    ready: bool
    address: str


def show(launch: Launch, options: argparse.Namespace) -> int:
    launcher = records.running_launcher(launch.layout.run)
    lines = [line_of(record) for record in records.read_all(launch.layout.run) if record.name != records.LAUNCHER]
    if options.json:
        described = [vars(line) for line in lines]
        launch.console.line(json.dumps({"running": launcher is not None, "processes": described}, ensure_ascii=False))
    elif launcher is None and not any(line.pid for line in lines):
        launch.console.note("status.nothing")
    else:
        _print_table(launch, lines)
    if launcher is None:
        return NOT_RUNNING
    return 0 if all(line.ready for line in lines) else 1


def line_of(record: records.Record) -> Line:
    if not record.alive:
        return Line(record.name, 0, 0, record.restarts, False, record.address)
    uptime = int(time.time() - record.since)
    return Line(record.name, record.pid, uptime, record.restarts, _answers(record), record.address)


def _answers(record: records.Record) -> bool:
    if record.ready_url:
        return http_ok(record.ready_url)
    host, _, port = record.address.rpartition(":")
    if record.name == "postgres":
        return postgres_answers(host, int(port))
    if record.name == "rabbitmq":
        return amqp_answers(host, int(port))
    with socket.socket() as probe:
        probe.settimeout(1)
        return not port.isdigit() or probe.connect_ex((host, int(port))) == 0


def _print_table(launch: Launch, lines: list[Line]) -> None:
    for line in lines:
        mark, state = ("✓", "status.ready") if line.ready else ("✗", "status.starting" if line.pid else "status.gone")
        facts = text(state, pid=line.pid, uptime=_human(line.uptime_s), restarts=line.restarts)
        launch.console.line(f"  {mark} {line.name:<14}{line.address:<26}{facts}")
    settings = read_settings(launch.layout)
    if settings:
        for row in address_lines(launch, settings):
            launch.console.line(row)


def _human(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}h{minutes:02d}m" if hours else f"{minutes}m{seconds:02d}s"
