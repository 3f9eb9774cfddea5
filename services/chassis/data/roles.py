"""Database roles: a service that declares them works with the rights it needs, and with no more.

``services/<service>/roles.py`` says ``ROLES = Roles(…)``. ``migrate`` makes the roles and grants exactly what is
declared there, after every upgrade: a table without a line may be touched by its owner only.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import encrypt_password

from services.chassis.settings import SettingsError

# What every service's database has for the chassis' own use.
CHASSIS_TABLES = {
    "alembic_version": "SELECT",
    "answer": "SELECT, INSERT",
    "inbox": "SELECT, INSERT",
    "job": "SELECT, INSERT, UPDATE",
    "outbox": "SELECT, INSERT, DELETE",
}
LONGEST_NAME = 63

# Roles belong to the whole server: another database's migration may make the same one at this moment.
_MAKE = """
DO $$ BEGIN
    CREATE ROLE {role} NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END $$
"""
# CONNECT is for logins, one database each: the groups of two malls on one server have the same names.
_DATABASE = """
REVOKE ALL ON DATABASE {database} FROM PUBLIC, {app}, {auditor};
GRANT TEMPORARY ON DATABASE {database} TO {app}
"""
_NOTHING = """
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {app}, {auditor};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {app}, {auditor};
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM {app}, {auditor}
"""
_LOOKING = """
GRANT USAGE ON SCHEMA public TO {app}, {auditor};
GRANT SELECT ON ALL TABLES IN SCHEMA public TO {auditor}
"""


@dataclass(frozen=True)
class Roles:
    """``app`` is who the service works as, ``auditor`` who only looks; neither can log in: logins are made members.

    ``tables`` and ``sequences`` say what the app may do to each, in the words of GRANT; "" is nothing. ``functions``
    are those that run with their owner's rights, and that nobody else may call; ``trigger_functions`` those that run so
    for triggers, and that nobody may call or make triggers of.
    """

    app: str
    auditor: str
    tables: Mapping[str, str]
    sequences: Mapping[str, str] = field(default_factory=dict)
    functions: tuple[str, ...] = ()
    trigger_functions: tuple[str, ...] = ()

    @property
    def decided(self) -> dict[str, str]:
        """Tables and sequences."""
        return {**CHASSIS_TABLES, **self.tables, **self.sequences}


def roles_of(service: str) -> Roles | None:
    """None: the service works as whoever its database address names."""
    module = f"services.{service}.roles"
    return importlib.import_module(module).ROLES if find_spec(module) else None


def grant_roles(cursor: Any, roles: Roles) -> None:
    """One transaction of the owner; raises SettingsError if the server does not let it."""
    for role in (roles.app, roles.auditor):
        ensure_role(cursor, role)
    close_database(cursor, roles)
    app, auditor = sql.Identifier(roles.app), sql.Identifier(roles.auditor)
    for step in (_NOTHING, _LOOKING):
        cursor.execute(sql.SQL(step).format(app=app, auditor=auditor))
    for what, privileges in roles.decided.items():
        if privileges and _exists(cursor, what):
            kind = "SEQUENCE" if what in roles.sequences else "TABLE"
            cursor.execute(sql.SQL(f"GRANT {privileges} ON {kind} {{}} TO {{}}").format(sql.Identifier(what), app))
    for function in roles.trigger_functions:
        cursor.execute(sql.SQL(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC"))
    for function in roles.functions:
        cursor.execute(sql.SQL(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC"))
        cursor.execute(sql.SQL(f"GRANT EXECUTE ON FUNCTION {function} TO {{}}").format(app))


def close_database(cursor: Any, roles: Roles) -> None:
    """To everybody but its owner and whoever is let in by name: what a copy of a database does not inherit."""
    app, auditor = sql.Identifier(roles.app), sql.Identifier(roles.auditor)
    database = sql.Identifier(cursor.connection.info.dbname)
    cursor.execute(sql.SQL(_DATABASE).format(database=database, app=app, auditor=auditor))


def _exists(cursor: Any, name: str) -> bool:
    """What is decided already may come with a later migration."""
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", (f"public.{name}",))
    return bool(cursor.fetchone()[0])


def ensure_role(cursor: Any, role: str) -> None:
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", (role,))
    found = cursor.fetchone()
    if found is None:
        administer(cursor, sql.SQL(_MAKE).format(role=sql.Identifier(role)), 'ALTER ROLE "{me}" CREATEROLE')
    elif found[0]:
        raise SettingsError(f"the role {role} is a superuser, to whom no right can be denied: ALTER it, or rename it")


def ensure_login(cursor: Any, roles: Roles, password: str) -> str:
    """``<database>_app``: who the service's processes log in as, here and nowhere else. Returns its name."""
    login = login_of(cursor.connection.info.dbname)
    name, app = sql.Identifier(login), sql.Identifier(roles.app)
    ensure_role(cursor, login)
    # Encrypted here: what is sent may end up in the server's log.
    secret = sql.Literal(encrypt_password(password, login, cursor.connection))
    led_by_me = 'GRANT "{}" TO "{{me}}" WITH ADMIN OPTION'
    administer(cursor, sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, secret), led_by_me.format(login))
    administer(cursor, sql.SQL("GRANT {} TO {}").format(app, name), led_by_me.format(roles.app))
    database = sql.Identifier(cursor.connection.info.dbname)
    cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, name))
    return login


def login_of(database: str) -> str:
    login = f"{database}_app"
    if len(login.encode()) > LONGEST_NAME:
        raise SettingsError(f"the name of the database {database} is too long for a login {login} beside it")
    return login


def administer(cursor: Any, statement: sql.Composable, remedy: str) -> None:
    try:
        cursor.execute(statement)
    except psycopg2.errors.InsufficientPrivilege as problem:
        info = cursor.connection.info
        raise SettingsError(
            f"{info.user} may not make the roles of database {info.dbname} ({problem.diag.message_primary}); "
            f"as a superuser: {remedy.format(me=info.user)}"
        ) from None
