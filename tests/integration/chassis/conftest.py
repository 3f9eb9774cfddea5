"""A vhost and a database for the chassis' own tests, and containers that run in this (patched) process."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import eventlet
import pytest
import sqlalchemy as sa
from kombu import Connection
from nameko.containers import get_container_cls

from services.chassis.bus.reply_channel import ReplyChannel
from services.chassis.bus.rpc_client import RpcCaller
from services.chassis.bus.wire import use_fast_json
from services.chassis.context import Context
from services.chassis.data.database import make_engine
from services.chassis.data.tables import metadata as chassis_metadata
from services.chassis.settings import Settings
from services.chassis.testkit.databases import administer, server_url, test_database_name
from tests.integration.chassis.echo import metadata, note

use_fast_json()


@pytest.fixture(scope="session")
def amqp_url() -> Iterator[str]:
    base = os.environ["MALL_TEST_AMQP_URL"]
    yield base


@pytest.fixture
def database() -> Iterator[sa.Engine]:
    name = test_database_name("t")
    administer(f'CREATE DATABASE "{name}" TEMPLATE template0')
    engine = make_engine(server_url().set(database=name).render_as_string(hide_password=False), 5)
    chassis_metadata.create_all(engine)
    metadata.create_all(engine)
    yield engine
    engine.dispose()
    administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def connection(database):
    with database.begin() as connection:
        yield connection


@pytest.fixture
def settings(amqp_url: str, database: sa.Engine) -> Settings:
    return Settings(
        service="test",
        environment="development",
        amqp_url=amqp_url,
        database_url=database.url.render_as_string(hide_password=False),
        ops_port=0,
        http_host="127.0.0.1",
        http_port=0,
        max_workers=8,
        rpc_timeout_s=3.0,
        worker_limit_s=5.0,
        stop_grace_s=8.0,
        retry_after_s=(1, 1),
        log_level=20,
        log_format="text",
        public_url="",
        secrets={},
    )


@pytest.fixture
def start(settings: Settings) -> Iterator[Callable[..., Any]]:
    containers = []

    def start_service(service: type, **changes: Any) -> Any:
        config = replace(settings, service=service.name, **changes).as_nameko_config()
        container = get_container_cls(config)(service, config)
        container.start()
        containers.append(container)
        return container

    yield start_service
    for container in containers:
        container.stop()
    _forget_queues(settings.amqp_url)


@pytest.fixture
def rpc(amqp_url: str) -> Iterator[RpcCaller]:
    channel = ReplyChannel(amqp_url)
    channel.open()
    channel.wait_until_connected()
    yield RpcCaller(channel, Context.fresh("test"))
    channel.stop()


@pytest.fixture
def notes(database: sa.Engine) -> Callable[[str], int]:
    def count(what: str) -> int:
        with database.connect() as connection:
            return connection.execute(sa.select(sa.func.count()).where(note.c.what == what)).scalar_one()

    return count


def eventually(condition: Callable[[], Any], within_s: float = 10.0) -> Any:
    """The condition's first true value; fails when there is none in time."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if value := condition():
            return value
        eventlet.sleep(0.05)
    raise AssertionError(f"not true within {within_s} s: {condition}")


def _forget_queues(amqp_url: str) -> None:
    names = ["rpc-echo", "rpc-front", "heard.on.word.said.v1", "heard.dead", "heard.retry.1s"]
    with Connection(amqp_url) as connection:
        for name in names:
            connection.channel().queue_delete(name)
