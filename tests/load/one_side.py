"""Runs the one-process reference: its databases, its own sandboxes, and its orders."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

import requests

from services.chassis.ids import new_id
from services.chassis.settings import database_url_of
from tests.load.children import ROOT, ask, free_port, running
from tests.load.cpu import Group, group_of_pids
from tests.load.databases import drop_database
from tests.load.http_driver import Answer, Load
from tests.load.mall_work import SERVICES
from tests.load.patience import wait_until

MODULE = "tests.load.references.one_process"


@dataclass
class OneSide:
    process: subprocess.Popen[str]
    groups: list[Group]

    def place(self, orders: int, _connections: int) -> Load:
        """One order after the other: with nobody to wait for, more at once would only cost."""
        told = json.loads(ask(self.process, f"place {orders}"))
        return Load([Answer(ms, 201 if ok else 409, b"") for ms, ok in told["answers"]], told["seconds"])

    def settle(self, _load: Load) -> None:
        """Parcels booked, messages sent, receipts settled."""
        ask(self.process, "settle 0")


@contextmanager
def one_side(database_url: str) -> Iterator[OneSide]:
    """``database_url``: the mall's; beside its databases the reference gets six of its own, dropped at the end."""
    with ExitStack() as stack:
        settings = own_settings(database_url, stack.enter_context(tempfile.TemporaryDirectory()))
        for service in SERVICES:
            stack.callback(drop_database, database_url_of(settings["MALL_DATABASE_URL"], service))
        migrate = [sys.executable, "-W", "ignore", "-m", "services.chassis.migrate"]
        # the mall's own logins have no business in these databases
        mine = {name: value for name, value in os.environ.items() if not name.startswith("MALL_DATABASE_URL_")}
        environment = {**mine, **settings}
        subprocess.run(migrate, env=environment, cwd=ROOT, check=True, capture_output=True, timeout=120)
        for name, url in (("smsc", "MALL_SMSC_CONTROL_URL"), ("carrier", "MALL_CARRIER_URL")):
            stack.enter_context(sandbox(name, settings[url], settings))
        hold = f"{settings['MALL_CARRIER_URL']}/control/hold"
        requests.post(hold, json={"hold": True}, timeout=10).raise_for_status()
        child = stack.enter_context(running(MODULE, **settings))
        yield OneSide(child, [group_of_pids("one_process", [child.pid])])


def own_settings(database_url: str, folder: str) -> dict[str, str]:
    """Its partners are its own, too: the mall's message centre would send it the receipts of the mall's messages."""
    base = database_url.rpartition("/")[0]
    return {
        "MALL_DATABASE_URL": f"{base}/bench_one_{new_id('db')}",
        "MALL_SANDBOX_DIR": folder,
        "MALL_SMPP_URL": f"smpp://mall:mall@127.0.0.1:{free_port()}",
        "MALL_SMSC_CONTROL_URL": f"http://127.0.0.1:{free_port()}",
        "MALL_CARRIER_URL": f"http://127.0.0.1:{free_port()}",
        "MALL_PUBLIC_URL": "http://127.0.0.1:9",
    }


@contextmanager
def sandbox(name: str, url: str, settings: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-W", "ignore", "-m", f"deploy.sandbox.{name}"]
    process = subprocess.Popen(command, env={**os.environ, **settings}, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_until(f"the sandbox {name} answers", partial(answers, f"{url}/healthz"))
        yield
    finally:
        process.kill()
        process.wait(10)


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.ConnectionError:
        return False
