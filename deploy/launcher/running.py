"""`up`, `migrate` and `env`: the commands that make something stand."""

import argparse
import hashlib
import os
import time
from dataclasses import replace

from deploy.launcher.backing import Wish
from deploy.launcher.bringup import Mall, bring_up, lay_ground, migrate_while_broker_starts, prepare
from deploy.launcher.interrupts import INTERRUPTED, Interrupted
from deploy.launcher.language import text
from deploy.launcher.launch import Launch
from deploy.launcher.lock import only_one
from deploy.launcher.python_env import ensure_venv
from deploy.launcher.ready_block import show_addresses


def up(launch: Launch, options: argparse.Namespace) -> int:
    began = time.monotonic()
    with only_one(launch, "up"):
        mall = Mall.of(launch)
        try:
            launch.console.line(text("title"))
            bring_up(mall, lasting_wish(launch, options), http_port=options.port)
            console = mall.ports.taken.get("console") if options.console else None
            show_addresses(launch, mall.settings, time.monotonic() - began, console)
            while True:
                mall.supervisor.tick()
        except Interrupted:
            return 0 if mall.supervisor.settled else INTERRUPTED
        finally:
            mall.stop()


def migrate_only(launch: Launch, options: argparse.Namespace) -> int:
    with only_one(launch, "migrate"):
        mall = Mall.of(launch)
        try:
            prepare(launch)
            lay_ground(mall, replace(lasting_wish(launch, options), with_broker=False))
            migrate_while_broker_starts(mall)
            return 0
        finally:
            mall.stop()


def make_env(launch: Launch, _options: argparse.Namespace) -> int:
    launch.layout.make()
    ensure_venv(launch)
    launch.console.done("venv.ready", folder=launch.layout.venv)
    return 0


def lasting_wish(launch: Launch, options: argparse.Namespace) -> Wish:
    """On servers of others the name tells this folder's mall from any other mall there."""
    elsewhere = options.services == "system" or "MALL_DATABASE_URL" in os.environ or "MALL_AMQP_URL" in os.environ
    mark = hashlib.sha256(str(launch.layout.home).encode()).hexdigest()[:8]
    return Wish(
        name=f"mall_{mark}" if elsewhere else "mall",
        system=options.services == "system",
        with_console=getattr(options, "console", False),
    )
