"""Databases as an earlier release left them, brought to the newest revision."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import command

from services.chassis.data.database import make_engine
from services.chassis.migrate import alembic_config, create_database, migrate
from services.chassis.testkit import databases


@contextmanager
def database_from(service: str, revision: str, rows: str) -> Iterator[sa.Engine]:
    """At ``revision`` it is filled with ``rows`` (SQL); then everything since is applied, as a release would."""
    url = databases.server_url().set(database=databases.test_database_name("old"))
    address = url.render_as_string(hide_password=False)
    create_database(address)
    engine = make_engine(address, application="test-migration")
    try:
        _fill(engine, service, revision, rows)
        migrate(service, address)
        yield engine
    finally:
        engine.dispose()
        databases.administer(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')


def _fill(engine: sa.Engine, service: str, revision: str, rows: str) -> None:
    with engine.connect() as connection:
        config = alembic_config(service)
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
        connection.execute(sa.text(rows))
        connection.commit()
