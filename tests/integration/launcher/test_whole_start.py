"""From an empty folder to a mall that answers and back, on a PostgreSQL and a RabbitMQ of its own."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.launcher import records
from deploy.launcher.backing import Wish
from deploy.launcher.bringup import Mall, bring_up
from deploy.launcher.databases import Databases
from deploy.launcher.interrupts import SIGNALS
from deploy.launcher.launch import Launch
from deploy.launcher.status import line_of
from deploy.launcher.stopping import delete
from tests.integration.launcher.stage import eventually, launch_in, said, small_cast


@pytest.fixture(scope="module", autouse=True)
def _keep_the_test_runners_signals() -> Iterator[None]:
    """Stopping a mall makes its process deaf to Ctrl-C; here that process is pytest."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="module")
def launch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launch]:
    """The servers are private whatever the surroundings of the test run are."""
    patch = pytest.MonkeyPatch()
    patch.delenv("MALL_DATABASE_URL", raising=False)
    patch.delenv("MALL_AMQP_URL", raising=False)
    launch = launch_in(tmp_path_factory.mktemp("mall"))
    yield launch
    delete(launch.layout.home / "pg")
    patch.undo()


@pytest.fixture(scope="module")
def mall(launch: Launch) -> Iterator[Mall]:
    mall = Mall.of(launch)
    try:
        bring_up(mall, Wish(passing=True), cast=small_cast())
        yield mall
    finally:
        mall.supervisor.stop()


def test_every_process_answers(mall: Mall, launch: Launch) -> None:
    lines = {line.name: line.ready for line in map(line_of, children(launch))}
    assert lines == {"epmd": True, "postgres": True, "rabbitmq": True, "shop": True}


def test_the_settings_are_left_for_the_tools(mall: Mall, launch: Launch) -> None:
    settings = json.loads(launch.layout.env_file.read_text())
    assert settings["MALL_DATABASE_URL"].startswith("postgresql://mall@127.0.0.1:")
    assert settings["MALL_DATABASE_URL"].endswith("/mall")
    assert settings["MALL_AMQP_URL"].endswith("/mall")
    assert json.loads(Path(settings["MALL_SECRETS_FILE"]).read_text())["carrier_webhook_secret"].startswith("whsec_")
    assert Path(settings["MALL_SECRETS_FILE"]).stat().st_mode & 0o077 == 0


def test_seeds_are_told(mall: Mall, launch: Launch) -> None:
    assert "seed data: 3 products" in said(launch)


def test_postgres_survives_being_killed(mall: Mall, launch: Launch) -> None:
    databases = Databases(launch.layout.python, mall.settings["MALL_DATABASE_URL"])
    before = databases.identity()
    [postgres] = [record for record in children(launch) if record.name == "postgres"]
    os.kill(postgres.pid, signal.SIGKILL)

    def back() -> bool:
        mall.supervisor.tick()
        return "postgres is ready again" in said(launch)

    assert eventually(back)
    assert databases.identity() == before


def test_stop_and_second_start(mall: Mall, launch: Launch) -> None:
    """Last in the file: it stops the mall. Nothing runs in between, and nothing is migrated or seeded twice."""
    before = children(launch)
    mall.stop()
    assert not any(record.alive for record in before)
    assert children(launch) == []
    told_before = len(said(launch))
    # A stopped launch ignores signals; the next one begins afresh.
    again = Mall.of(launch)
    try:
        bring_up(again, Wish(passing=True), cast=small_cast())
    finally:
        again.supervisor.stop()
    told = said(launch)[told_before:]
    assert "databases are up to date" in told
    assert "seed data" not in told


def children(launch: Launch) -> list[records.Record]:
    return [record for record in records.read_all(launch.layout.run) if record.name != records.LAUNCHER]
