"""Databases that a benchmark makes on the mall's server and drops again."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from services.chassis.data.database import make_engine
from services.chassis.ids import new_id
from services.chassis.migrate import create_database


@contextmanager
def temporary_database(server_url: str, purpose: str) -> Iterator[str]:
    """The URL of a new, empty database on the server that ``server_url`` names."""
    url = sa.make_url(server_url).set(database=f"{purpose}_{new_id('db')}").render_as_string(hide_password=False)
    create_database(url)
    try:
        yield url
    finally:
        drop_database(url)


def drop_database(url: str) -> None:
    target = sa.make_url(url)
    server = make_engine(target.set(database="postgres").render_as_string(hide_password=False), 1)
    try:
        with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{target.database}" WITH (FORCE)'))
    finally:
        server.dispose()
