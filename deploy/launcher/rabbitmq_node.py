"""A private RabbitMQ node as an ordinary process: own ports, own folder, own Erlang port mapper, loopback only."""

import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from deploy.launcher.launch import Launch
from deploy.launcher.ports import HOST, Ports
from deploy.launcher.probes import amqp_answers
from deploy.launcher.program import BROKER, STORE, Program
from deploy.launcher.rabbitmq_programs import RabbitPrograms

# Debian's own `erl` has its folder wired in; this one, first in PATH, works wherever the packages were unpacked.
ERL = """#!/bin/sh
ROOTDIR="{erlang}"; BINDIR="{erts}/bin"; EMU=beam; PROGNAME=erl
export ROOTDIR BINDIR EMU PROGNAME
exec "$BINDIR/erlexec" ${{1+"$@"}}
"""
CONFIGURATION = """listeners.tcp.default = {host}:{amqp}
default_user = mall
default_pass = {password}
default_vhost = mall
management.tcp.ip = {host}
management.tcp.port = {console}
disk_free_limit.absolute = 64MB
log.console = true
log.console.level = warning
"""
# The management plugin makes a stop take six seconds instead of one, so it is there only when asked for.
PLUGINS = "[rabbitmq_consistent_hash_exchange].\n"
PLUGINS_WITH_CONSOLE = "[rabbitmq_consistent_hash_exchange,rabbitmq_management].\n"


def rabbitmq_node(
    launch: Launch, programs: RabbitPrograms, ports: Ports, *, with_console: bool, patience: float
) -> list[Program]:
    """The port mapper is a child of its own, in the foreground: otherwise Erlang leaves a daemon behind."""
    folder = launch.layout.home / "mq"
    first_start = _heed_cut_short_start(folder)

    def answers() -> bool:
        if not amqp_answers(HOST, booked["amqp"]):
            return False
        first_start.unlink(missing_ok=True)
        return True

    booked = {
        name: ports.book(name, usual)
        for name, usual in {"amqp": 15673, "console": 15674, "epmd": 14369, "dist": 15675}.items()
    }
    values = {**booked, "password": node_password(folder)}
    _write_files(folder, programs, values, PLUGINS_WITH_CONSOLE if with_console else PLUGINS)
    env = _environment(folder, programs, booked)
    mapper = Program(
        name="epmd",
        command=(str(programs.erts / "bin" / "epmd"),),
        ready=lambda: True,
        stage=STORE,
        env=env,
        address=f"{HOST}:{booked['epmd']}",
    )
    node = Program(
        name="rabbitmq",
        command=(str(programs.home / "sbin" / "rabbitmq-server"),),
        ready=answers,
        stage=BROKER,
        env=env,
        cwd=folder,
        address=f"{HOST}:{booked['amqp']}",
        patience=patience,
    )
    return [mapper, node]


def node_password(folder: Path) -> str:
    """Of this node alone: nobody takes the node of another folder, which got hold of the port first, for his own.

    A node made before there was such a file keeps the password it was made with.
    """
    file = folder / "password"
    if not file.exists():
        fresh = not (folder / "mnesia").exists()
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(16) if fresh else "mall")
    return file.read_text()


def _heed_cut_short_start(folder: Path) -> Path:
    """A mark that stays until the node has answered once.

    A node stopped in the middle of its very first start never gets its feature flags: no quorum queue, ever. There is
    nothing in it yet, so it is made anew.
    """
    mark, mnesia = folder / "first-start", folder / "mnesia"
    if mark.exists():
        shutil.rmtree(mnesia, ignore_errors=True)
    if not mnesia.exists():
        folder.mkdir(parents=True, exist_ok=True)
        mark.touch()
    return mark


def _write_files(folder: Path, programs: RabbitPrograms, values: Mapping[str, object], plugins: str) -> None:
    for name in ("home", "mnesia", "conf", "bin", "schema", "log"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    erl = folder / "bin" / "erl"
    erl.write_text(ERL.format(erlang=programs.erlang, erts=programs.erts))
    erl.chmod(0o755)
    cookie = folder / "home" / ".erlang.cookie"
    if not cookie.exists():
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)
    (folder / "conf" / "rabbitmq.conf").write_text(CONFIGURATION.format(host=HOST, **values))
    (folder / "conf" / "rabbitmq.conf").chmod(0o600)
    (folder / "conf" / "enabled_plugins").write_text(plugins)
    (folder / "conf" / "env").touch()


def _environment(folder: Path, programs: RabbitPrograms, booked: dict[str, int]) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("RABBITMQ_", "ERL_"))}
    conf = folder / "conf"
    return {
        **inherited,
        "HOME": str(folder / "home"),
        "PATH": f"{folder / 'bin'}:{os.environ.get('PATH', '/usr/bin:/bin')}",
        "LANG": "C.UTF-8",
        "ERL_EPMD_PORT": str(booked["epmd"]),
        "ERL_EPMD_ADDRESS": HOST,
        "RABBITMQ_NODENAME": "mall@localhost",  # needs no resolution of the machine's name
        "RABBITMQ_DIST_PORT": str(booked["dist"]),
        "RABBITMQ_CONF_ENV_FILE": str(conf / "env"),
        "RABBITMQ_CONFIG_FILE": str(conf / "rabbitmq.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(conf / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(conf / "enabled_plugins"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(conf / "generated"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_SCHEMA_DIR": str(folder / "schema"),
        "RABBITMQ_PLUGINS_DIR": str(programs.home / "plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RUNNING_UNDER_SYSTEMD": "true",  # the start script then execs Erlang: one process, signals arrive directly
    }
