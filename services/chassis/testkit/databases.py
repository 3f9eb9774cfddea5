"""One database a test module, or a test, cloned from a template that was migrated once in this run."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from secrets import token_hex
from typing import Any, Literal

import pytest
import sqlalchemy as sa

from services.chassis.data.database import make_engine
from services.chassis.data.roles import close_database, roles_of
from services.chassis.migrate import migrate

Scope = Literal["module", "function"]
_templates: dict[str, str] = {}
_owners: dict[str, sa.Engine] = {}
# The server writes out everything that it has in memory before it drops a database: no test need wait for that.
_dropper = ThreadPoolExecutor(max_workers=1, thread_name_prefix="dropper")
_dropped: list[Future[None]] = []


def server_url() -> sa.URL:
    url = os.environ.get("MALL_TEST_DATABASE_URL")
    if not url:
        pytest.fail("MALL_TEST_DATABASE_URL is not set: run the tests with ./mall test")
    return sa.make_url(url)


def test_database_name(kind: str) -> str:
    """Begins with the database that the tests were given, so that whoever gave it can clean up after a kill."""
    return f"{server_url().database}_{kind}_{token_hex(4)}"


def database_of(service: str, pool_size: int = 24, each: Scope = "module") -> Callable[..., Iterator[sa.Engine]]:
    """``engine = database_of("points")`` at the top of a test module makes the fixture ``engine``, one a module."""

    def engine() -> Iterator[sa.Engine]:
        with fresh_database(service, pool_size) as made:
            yield made

    return pytest.fixture(scope=each, name="engine")(engine)


@contextmanager
def fresh_database(service: str, pool_size: int = 24) -> Iterator[sa.Engine]:
    """It may do what the service may: if that declares roles, whoever needs more asks ``owner_of(engine)``.

    A commit does not wait for the disk: no test crashes the server, and tests commit a great deal.
    """
    name = test_database_name("t")
    administer(f'CREATE DATABASE "{name}" TEMPLATE "{_template_of(service)}"')
    administer(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    made = make_engine(_as_the_app(service, name), pool_size=pool_size, application=f"test-{service}")
    try:
        if roles := roles_of(service):
            with owner_of(made).begin() as connection:
                close_database(connection.connection.cursor(), roles)
        yield made
    finally:
        made.dispose()
        if owner := _owners.pop(name, None):
            owner.dispose()
        _dropped.append(_dropper.submit(administer, f'DROP DATABASE "{name}" WITH (FORCE)'))


def owner_of(engine: sa.Engine) -> sa.Engine:
    """The same database as who made it: for damage that the service itself cannot do, and for looking at sessions."""
    name = str(engine.url.database)
    if name not in _owners:
        _owners[name] = make_engine(_url(name), application="test-owner")
    return _owners[name]


def drop_templates() -> None:
    """At the end of the session (tests/conftest.py), when all that was made from them is gone."""
    while _dropped:
        _dropped.pop().result()
    for name in _templates.values():
        administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _templates.clear()


def _template_of(service: str) -> str:
    if service not in _templates:
        name = test_database_name("tpl")
        migrate(service, _url(name))
        _templates[service] = name
    return _templates[service]


def _url(database: str, **query: str) -> str:
    return server_url().set(database=database).update_query_dict(query).render_as_string(hide_password=False)


def _as_the_app(service: str, database: str) -> str:
    roles = roles_of(service)
    return _url(database, options=f"-c role={roles.app}") if roles else _url(database)


def administer(statement: str) -> None:
    """However long it takes: whoever makes or drops a database waits for the disk of a busy server."""
    at_leisure = server_url().update_query_dict({"options": "-c statement_timeout=0 -c lock_timeout=0"})
    server: Any = make_engine(at_leisure.render_as_string(hide_password=False), pool_size=1)
    try:
        with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(statement))
    finally:
        server.dispose()
