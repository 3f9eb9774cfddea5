"""Logins of the services that declare roles: each works as somebody who may do what it needs in its own database.

The owner's address is for migrations and for the services that declare none.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from deploy.launcher.layout import Layout

ADDRESS, PASSWORD = "MALL_DATABASE_URL", "MALL_DATABASE_PASSWORD"


def services_with_roles(root: Path) -> list[str]:
    return sorted(file.parent.name for file in root.glob("services/*/roles.py"))


def secret_of(service: str) -> str:
    """The name of its password in `secrets.json`."""
    return f"{service}_database_password"


def login_addresses(layout: Layout, database_url: str, env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Settings of every process. A service whose database somebody named works as whoever that address names."""
    return {
        f"{ADDRESS}_{service.upper()}": _address(database_url, service, password)
        for service, password in _passwords(layout, env).items()
    }


def login_passwords(layout: Layout, env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Settings of the migration alone, which makes the logins."""
    return {f"{PASSWORD}_{service.upper()}": password for service, password in _passwords(layout, env).items()}


def as_the_owner(layout: Layout, settings: Mapping[str, str]) -> dict[str, str]:
    """Settings for the migration: without the logins, which it makes."""
    passwords = login_passwords(layout)
    logins = {name.replace(PASSWORD, ADDRESS) for name in passwords}
    return {name: value for name, value in settings.items() if name not in logins} | passwords


def only_own_address(env: Mapping[str, str], service: str | None) -> dict[str, str]:
    """What its process inherits: the way to its own database, by its login only if it has one. None: to no database."""
    own = f"{ADDRESS}_{service.upper()}" if service else ""
    kept = own if own in env or not service else ADDRESS
    return {name: value for name, value in env.items() if name == kept or not name.startswith(ADDRESS)}


def _passwords(layout: Layout, env: Mapping[str, str]) -> dict[str, str]:
    known = json.loads(layout.secrets.read_text())
    services = services_with_roles(layout.root)
    return {each: known[secret_of(each)] for each in services if f"{ADDRESS}_{each.upper()}" not in env}


def _address(database_url: str, service: str, password: str) -> str:
    parts = urlsplit(database_url)
    database = f"{parts.path.lstrip('/')}_{service}"
    place = parts.netloc.rpartition("@")[2]
    login = f"{quote(f'{database}_app', safe='')}:{quote(password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{login}@{place}", path=f"/{database}"))
