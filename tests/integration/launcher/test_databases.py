"""What the launcher asks of a PostgreSQL server, on the one that the tests have."""

import os

import psycopg2
import pytest

from deploy.launcher.databases import Databases
from deploy.launcher.layout import Layout
from services.chassis.ids import new_id


@pytest.fixture
def server() -> str:
    url = os.environ.get("MALL_TEST_DATABASE_URL")
    if not url:
        pytest.fail("MALL_TEST_DATABASE_URL is not set: run the tests with ./mall test")
    return url.rpartition("/")[0]


def ask(server: str, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def test_databases_that_are_dropped_take_their_logins_along_and_nobody_elses(server: str) -> None:
    base = new_id("mall")
    for name in (base, f"{base}_points", f"{base}2_points"):
        ask(server, f'CREATE DATABASE "{name}"')
        ask(server, f'CREATE ROLE "{name}_app" LOGIN')
        ask(server, f'GRANT CONNECT ON DATABASE "{name}" TO "{name}_app"')
    try:
        dropped = Databases(Layout.here().python, f"{server}/{base}").drop_all()
        assert set(dropped) == {base, f"{base}_points"}
        logins = {name for (name,) in ask(server, "SELECT rolname FROM pg_roles") if str(name).startswith(base)}
        assert logins == {f"{base}2_points_app"}
    finally:
        ask(server, f'DROP DATABASE "{base}2_points"')
        ask(server, f'DROP ROLE "{base}2_points_app"')


def test_a_second_drop_finds_nothing(server: str) -> None:
    assert Databases(Layout.here().python, f"{server}/{new_id('mall')}").drop_all() == []
