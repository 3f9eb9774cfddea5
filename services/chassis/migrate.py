"""Creates and migrates the databases: ``python -m services.chassis.migrate [service …]``, all six by default.

A one-shot job before a release, as the owner of the databases; services never migrate when they start. A service that
declares roles (``services.chassis.data.roles``) gets them, and with ``MALL_DATABASE_PASSWORD_<SERVICE>`` a login.
"""

import sys
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from services.chassis.data.database import make_engine
from services.chassis.data.roles import ensure_login, grant_roles, roles_of
from services.chassis.settings import SettingsError, database_url_of, environment_reader, seal

SERVICES_FOLDER = Path(__file__).resolve().parent.parent
NOT_SERVICES = {"chassis"}


def all_services() -> list[str]:
    folders = (path.parent.name for path in SERVICES_FOLDER.glob("*/migrations"))
    return sorted(name for name in folders if name not in NOT_SERVICES)


def migrate(service: str, url: str, password: str = "") -> str:
    """Bring one database to the newest revision, creating it if the server does not have it. Returns the revision.

    ``password`` is that of the service's own login.
    """
    create_database(url)
    engine = make_engine(url, pool_size=1, application=f"{service}-migrate")
    try:
        with engine.connect() as connection:
            refuse_blind_locale(connection)
            config = alembic_config(service)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
            settle_roles(connection, service, password)
            return str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one())
    finally:
        engine.dispose()


def settle_roles(connection: sa.Connection, service: str, password: str) -> None:
    roles = roles_of(service)
    if roles is None:
        if password:
            raise SettingsError(f"{service} declares no roles: it has no login of its own to give a password to")
        return
    with connection.begin():
        cursor = connection.connection.cursor()
        grant_roles(cursor, roles)
        if password:
            ensure_login(cursor, roles, password)


def alembic_config(service: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).resolve().parent / "alembic"))
    config.set_main_option("version_locations", str(SERVICES_FOLDER / service / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def create_database(url: str) -> None:
    """UTF8 and C.UTF-8, whatever the server's template says: pg_trgm sees no Chinese in a C locale."""
    target = sa.make_url(url)
    server = make_engine(target.set(database="postgres").render_as_string(hide_password=False), pool_size=1)
    try:
        with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            known = connection.execute(
                sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": target.database}
            ).first()
            if not known:
                quoted = sa.sql.compiler.IdentifierPreparer(connection.dialect).quote(str(target.database))
                connection.execute(
                    sa.text(
                        f"CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8'"
                        " LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
                    )
                )
                # whose login is for another database has no business here
                connection.execute(sa.text(f"REVOKE ALL ON DATABASE {quoted} FROM PUBLIC"))
    finally:
        server.dispose()


def refuse_blind_locale(connection: sa.Connection) -> None:
    ctype = connection.execute(
        sa.text("SELECT datctype FROM pg_database WHERE datname = current_database()")
    ).scalar_one()
    if ctype in ("C", "POSIX"):
        raise SettingsError(
            f"database {connection.engine.url.database} has LC_CTYPE {ctype}: Chinese search finds nothing there; "
            "create it with LC_CTYPE 'C.UTF-8'"
        )
    connection.rollback()


def main(services: list[str]) -> int:
    env = environment_reader()
    base = env.str("DATABASE_URL")
    urls = {name: env.str(f"DATABASE_URL_{name.upper()}", "") for name in services}
    passwords = {name: env.str(f"DATABASE_PASSWORD_{name.upper()}", "") for name in services}
    try:
        seal(env)
        for name in services:
            revision = migrate(name, urls[name] or database_url_of(base, name), passwords[name])
            print(f"{name}: {revision}")
    except (SettingsError, sa.exc.OperationalError) as problem:
        print(f"migration stopped: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or all_services()))
