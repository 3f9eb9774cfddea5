"""One database a test module, cloned from a template that was migrated once in this run."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.data.database import make_engine
from services.chassis.ids import new_id
from services.chassis.migrate import migrate

_templates: dict[str, str] = {}


def server_url() -> sa.URL:
    url = os.environ.get("MALL_TEST_DATABASE_URL")
    if not url:
        pytest.fail("MALL_TEST_DATABASE_URL is not set: run the tests with ./mall test")
    return sa.make_url(url)


def test_database_name(kind: str) -> str:
    """Begins with the database that the tests were given, so that whoever gave it can clean up after a kill."""
    return f"{server_url().database}_{new_id(kind)}"


def database_of(service: str, pool_size: int = 24) -> Callable[..., Iterator[sa.Engine]]:
    """``engine = database_of("points")`` at the top of a test module makes the fixture ``engine``."""

    def engine() -> Iterator[sa.Engine]:
        name = test_database_name("t")
        _administer(f'CREATE DATABASE "{name}" TEMPLATE "{_template_of(service)}"')
        made = make_engine(_url(name), pool_size=pool_size, application=f"test-{service}")
        try:
            yield made
        finally:
            made.dispose()
            _administer(f'DROP DATABASE "{name}" WITH (FORCE)')

    return pytest.fixture(scope="module", name="engine")(engine)


def drop_templates() -> None:
    """At the end of the session (tests/conftest.py)."""
    for name in _templates.values():
        _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _templates.clear()


def _template_of(service: str) -> str:
    if service not in _templates:
        name = test_database_name("tpl")
        migrate(service, _url(name))
        _templates[service] = name
    return _templates[service]


def _url(database: str) -> str:
    return server_url().set(database=database).render_as_string(hide_password=False)


def _administer(statement: str) -> None:
    server: Any = make_engine(server_url().render_as_string(hide_password=False), pool_size=1)
    try:
        with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(statement))
    finally:
        server.dispose()
