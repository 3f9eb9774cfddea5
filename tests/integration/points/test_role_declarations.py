"""What the roles of points are declared to be is what they are, for every table there is."""

import re

import pytest
import sqlalchemy as sa

from services.chassis.data.database import make_engine
from services.chassis.data.roles import CHASSIS_TABLES
from services.chassis.ids import new_id
from services.chassis.migrate import main as run_migrate
from services.chassis.testkit import database_of, owner_of
from services.chassis.testkit.databases import administer, server_url
from services.chassis.testkit.databases import test_database_name as database_name
from services.points.roles import ROLES
from tests.integration.points.denial import refused

engine = database_of("points")


def test_the_auditor_sees_everything_and_changes_nothing(engine: sa.Engine) -> None:
    url = owner_of(engine).url.update_query_dict({"options": f"-c role={ROLES.auditor}"})
    auditor = make_engine(url.render_as_string(hide_password=False), pool_size=1)
    try:
        with auditor.begin() as connection:
            for table in tables_of(engine):
                connection.exec_driver_sql(f'SELECT FROM "{table}" LIMIT 1')
        for statement in ("INSERT INTO holder VALUES ('m', NULL, 'active', 1, now())", "DELETE FROM journal",
                          "SELECT draw_journal_id()", "SELECT prepare_entry_partitions(1)",
                          "UPDATE account SET posted = 1"):  # fmt: skip
            refused(auditor, statement)
    finally:
        auditor.dispose()


def tables_of(engine: sa.Engine) -> list[str]:
    found = (
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
    )
    with owner_of(engine).connect() as connection:
        return sorted(connection.exec_driver_sql(found).scalars())


def test_every_table_has_a_decision(engine: sa.Engine) -> None:
    """Add new tables to services/points/roles.py: what may the service do to them? Nothing else will be allowed."""
    months = re.compile(r"entry_[0-9]{4}_[0-9]{2}")
    undecided = [name for name in tables_of(engine) if name not in ROLES.decided and not months.fullmatch(name)]
    assert undecided == []
    gone = set(ROLES.tables) | set(CHASSIS_TABLES) - {"alembic_version"}
    assert sorted(gone - set(tables_of(engine))) == []


def test_what_runs_with_the_owners_rights_is_declared_and_cannot_be_led_astray(engine: sa.Engine) -> None:
    functions = """
        SELECT oid::regprocedure::text AS name, coalesce(array_to_string(proconfig, ','), '') AS settings,
               has_function_privilege('points_app', oid, 'EXECUTE') AS ours,
               EXISTS (SELECT FROM aclexplode(proacl) WHERE grantee = 0) OR proacl IS NULL AS everybodys
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
    """
    with owner_of(engine).connect() as connection:
        found = {row.name: row for row in connection.exec_driver_sql(functions)}
    declared = (*ROLES.functions, *ROLES.trigger_functions)
    assert sorted(found) == sorted(name.replace("(int)", "(integer)").replace(", ", ",") for name in declared)
    for row in found.values():
        assert row.settings.startswith("search_path=public, pg_temp")
        assert (row.ours, row.everybodys) == (row.name not in ROLES.trigger_functions, False)


def test_who_may_not_make_roles_is_told_what_to_grant(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, user = database_name("plain"), new_id("plain")
    administer(f"CREATE ROLE \"{user}\" LOGIN CREATEDB PASSWORD 'x'")
    try:
        url = server_url().set(database=name, username=user, password="x").render_as_string(hide_password=False)
        monkeypatch.setenv("MALL_DATABASE_URL", "postgresql://unused/none")
        monkeypatch.setenv("MALL_DATABASE_URL_POINTS", url)
        monkeypatch.setenv("MALL_DATABASE_PASSWORD_POINTS", "secret")
        assert run_migrate(["points"]) == 1
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert f'ALTER ROLE "{user}" CREATEROLE' in said
        assert "secret" not in said
    finally:
        administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        administer(f'DROP ROLE "{user}"')
