"""A first start that is cut short leaves servers that look whole and are not: they are made anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.launcher.failure import Failure
from deploy.launcher.launch import Launch
from deploy.launcher.ports import Ports
from deploy.launcher.postgres import PASSING, postgres_program
from deploy.launcher.postgres_programs import find_postgres
from deploy.launcher.program import Program
from deploy.launcher.rabbitmq_node import rabbitmq_node
from deploy.launcher.rabbitmq_programs import obtain_rabbitmq
from deploy.launcher.stopping import delete
from deploy.launcher.supervisor import Supervisor
from tests.integration.launcher.stage import LIMIT, launch_in


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    launch = launch_in(tmp_path)
    yield launch
    delete(launch.layout.home / "pg")


def node(launch: Launch) -> list[Program]:
    ports = Ports(launch.layout.home / "ports.json", usual=False)
    return rabbitmq_node(launch, obtain_rabbitmq(launch), ports, with_console=False, patience=0.1)


def cluster(launch: Launch) -> Program:
    programs = find_postgres(launch.layout.venv)
    assert programs
    port = Ports(launch.layout.home / "ports.json", usual=False).book("pg", 0)
    return postgres_program(launch, programs, port, PASSING)


def test_a_broker_that_never_answered_starts_from_nothing(launch: Launch) -> None:
    half_made = launch.layout.home / "mq" / "mnesia" / "half-made"
    node(launch)
    half_made.touch()
    node(launch)
    assert not half_made.exists()


def test_a_broker_that_answered_once_keeps_what_it_has(launch: Launch) -> None:
    supervisor = Supervisor(launch)
    try:
        supervisor.add(node(launch))
        supervisor.wait_ready(LIMIT)
    finally:
        supervisor.stop()
    message = launch.layout.home / "mq" / "mnesia" / "message"
    message.touch()
    node(launch)
    assert message.exists()


def test_a_cluster_whose_making_was_killed_is_made_again(launch: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("deploy.launcher.postgres.run_logged", lambda command, *_, **__: killed_after_a_while(command))
        with pytest.raises(Failure):
            cluster(launch)
    supervisor = Supervisor(launch)
    try:
        supervisor.add([cluster(launch)])
        supervisor.wait_ready(LIMIT)
    finally:
        supervisor.stop()


def killed_after_a_while(command: list[str]) -> int:
    data = Path(command[command.index("-D") + 1])
    (data / "base").mkdir(parents=True)
    (data / "PG_VERSION").write_text("18\n")
    return -9
