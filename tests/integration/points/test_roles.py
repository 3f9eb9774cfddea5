"""The service works with the least rights: what it must never do, its database refuses, whatever the code says."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from services.chassis.data.database import make_engine
from services.chassis.data.roles import login_of
from services.chassis.migrate import migrate
from services.chassis.testkit import database_of, owner_of
from services.chassis.testkit.databases import administer, server_url
from services.chassis.testkit.databases import test_database_name as database_name
from services.points.usecases.prepare_partitions import prepare_entry_partitions
from tests.integration.points.denial import refused
from tests.integration.points.story import Ledger

engine = database_of("points")
PASSWORD = "it's %a: pass/word"
THIS_MONTH = f"entry_{datetime.now(UTC):%Y_%m}"


@pytest.fixture(scope="module")
def login() -> Iterator[sa.Engine]:
    """A database migrated as in production, and the service's own login to it."""
    name = database_name("roles")
    url = server_url().set(database=name)
    migrate("points", url.render_as_string(hide_password=False), PASSWORD)
    own = url.set(username=login_of(name), password=PASSWORD)
    made = make_engine(own.render_as_string(hide_password=False), pool_size=2)
    yield made
    made.dispose()
    administer(f'DROP DATABASE "{name}" WITH (FORCE)')
    administer(f'DROP ROLE "{login_of(name)}"')


@pytest.mark.parametrize("table", ["journal", "entry", "entry_default", THIS_MONTH, "seal", "claw_back"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} DISABLE TRIGGER ALL",
                  "ALTER TABLE {} ADD COLUMN more int", "DROP TABLE {}"],
)  # fmt: skip
def test_what_was_booked_can_only_be_added_to(ledger: Ledger, table: str, statement: str) -> None:
    ledger.member(10)
    column = "block" if table == "seal" else "id" if table == "journal" else "journal_id"
    refused(ledger.engine, statement.format(table, column, column))


@pytest.mark.parametrize(
    "statement",
    [
        f"INSERT INTO {THIS_MONTH} (journal_id, seq, account_id, unit, amount) VALUES (1, 1, 1, 'PTS', 1)",  # noqa: S608
        f"SELECT * FROM {THIS_MONTH}",  # noqa: S608
        "UPDATE account SET owner = 'mbr_me' WHERE kind = 'wallet'",
        "UPDATE account SET unit = 'COIN'",
        "DELETE FROM account",
        "UPDATE ledger_setting SET value = 0",
        "UPDATE expiry_policy SET amount = 0",
        "UPDATE hold SET amount = 1",
        "SELECT nextval('journal_id_seq')",
        "SELECT setval('journal_id_seq', 1)",
        "CREATE TABLE mine (id int)",
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE OR REPLACE FUNCTION draw_journal_id() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "CREATE SCHEMA mine",
        "ALTER TABLE account DROP CONSTRAINT account_covered",
        "SET session_replication_role = replica",
        "COPY journal TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/hostname')",
    ],
)
def test_nothing_else_is_allowed_either(ledger: Ledger, statement: str) -> None:
    refused(ledger.engine, statement)


def test_its_rights_are_not_its_to_give(engine: sa.Engine) -> None:
    before = rights_on_journal(engine)
    with engine.begin() as connection:  # PostgreSQL only warns that nothing was granted
        connection.exec_driver_sql("GRANT SELECT ON journal TO PUBLIC")
    assert rights_on_journal(engine) == before


def rights_on_journal(engine: sa.Engine) -> str:
    with owner_of(engine).connect() as connection:
        return connection.exec_driver_sql("SELECT relacl::text FROM pg_class WHERE relname = 'journal'").scalar_one()


def test_a_row_can_be_locked_and_a_balance_changed(ledger: Ledger) -> None:
    member_id = ledger.member(100)
    held = ledger.hold(member_id, 30)
    ledger.capture(held["order_id"])
    assert ledger.available(member_id) == 70


def test_the_login_is_nobody_special(login: sa.Engine) -> None:
    with login.begin() as connection:
        rights = connection.execute(
            sa.text(
                "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication FROM pg_roles"
                " WHERE rolname = session_user"
            )
        ).one()
    assert tuple(rights) == (login_of(str(login.url.database)), False, False, False, False, False)


def test_the_login_does_the_services_work(login: sa.Engine) -> None:
    ledger = Ledger(login)
    member_id = ledger.member(100)
    ledger.capture(ledger.hold(member_id, 30)["order_id"])
    assert ledger.available(member_id) == 70
    assert ledger.breaches() == []


@pytest.mark.parametrize("role", ["owner", "points_auditor", "pg_read_all_data"])
def test_the_login_becomes_nobody_else(login: sa.Engine, role: str) -> None:
    name = server_url().username if role == "owner" else role
    assert "permission denied to set role" in refused(login, f'SET ROLE "{name}"')


def test_the_login_is_for_its_own_database_only(login: sa.Engine, engine: sa.Engine) -> None:
    neighbour = database_name("neighbour")
    url = server_url().set(database=neighbour).render_as_string(hide_password=False)
    migrate("members", url)
    try:
        for database in (neighbour, str(engine.url.database)):
            elsewhere = login.url.set(database=database)
            with pytest.raises(sa.exc.DBAPIError, match="permission denied"), make_one(elsewhere) as connection:
                connection.exec_driver_sql("SELECT * FROM inbox")
    finally:
        administer(f'DROP DATABASE "{neighbour}" WITH (FORCE)')


def make_one(url: sa.URL) -> sa.Connection:
    return sa.create_engine(url.set(drivername="postgresql+psycopg2"), poolclass=sa.NullPool).connect()


def test_partitions_to_come_are_made_and_are_as_closed_as_the_others(login: sa.Engine) -> None:
    ledger = Ledger(login)
    assert prepare_entry_partitions(ledger.works) == 0
    with owner_engine(login) as owner, owner.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO ledger_setting (name, value, effective_from, actor)"
            " VALUES ('partition_months_ahead', 5, '2026-01-01', 'migration')"
        )
    assert prepare_entry_partitions(ledger.works) == 2
    with owner_engine(login) as owner, owner.connect() as connection:
        newest = connection.exec_driver_sql("SELECT max(relname) FROM pg_class WHERE relname ~ '^entry_[0-9_]+$'")
        partition = newest.scalar_one()
    for statement in ("INSERT INTO {} DEFAULT VALUES", "DELETE FROM {}", "TRUNCATE {}", "SELECT * FROM {}"):
        refused(login, statement.format(partition))


class owner_engine:
    """Who migrated the login's database."""

    def __init__(self, login: sa.Engine) -> None:
        url = server_url().set(database=login.url.database)
        self.engine = make_engine(url.render_as_string(hide_password=False), pool_size=1)

    def __enter__(self) -> sa.Engine:
        return self.engine

    def __exit__(self, *_: object) -> None:
        self.engine.dispose()


def test_a_second_migration_changes_the_password_and_keeps_the_rights(login: sa.Engine) -> None:
    url = server_url().set(database=login.url.database).render_as_string(hide_password=False)
    before = stored_password(login)
    migrate("points", url, "another")
    assert stored_password(login) != before
    migrate("points", url, PASSWORD)
    assert Ledger(login).available(Ledger(login).member(5)) == 5
    assert stored_password(login).startswith(("SCRAM-SHA-256$", "md5"))


def stored_password(login: sa.Engine) -> str:
    with owner_engine(login) as owner, owner.connect() as connection:
        found = "SELECT rolpassword FROM pg_authid WHERE rolname = %(name)s"
        return connection.exec_driver_sql(found, {"name": login.url.username}).scalar_one()
