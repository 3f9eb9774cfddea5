"""Each service that declares roles gets a login of its own; only the migration works as the owner."""

import json
from pathlib import Path

import pytest

from deploy.launcher.layout import ROOT, Layout
from deploy.launcher.logins import as_the_owner, login_addresses, login_passwords, only_own_address, services_with_roles
from deploy.launcher.secrets_file import SECRETS, ensure_secrets

OWNER = "postgresql://mall@127.0.0.1:15432/mall"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """Of two services only the shop declares roles."""
    for service in ("shop", "till"):
        (tmp_path / "services" / service).mkdir(parents=True)
    (tmp_path / "services" / "shop" / "roles.py").touch()
    ensure_secrets(tmp_path / "secrets.json", ["shop_database_password"])
    return Layout(tmp_path, tmp_path, tmp_path)


def password_in(layout: Layout) -> str:
    return str(json.loads(layout.secrets.read_text())["shop_database_password"])


def test_points_is_such_a_service() -> None:
    assert "points" in services_with_roles(ROOT)


def test_its_processes_log_in_as_themselves(layout: Layout) -> None:
    password = password_in(layout)
    addresses = login_addresses(layout, OWNER, {})
    assert addresses == {"MALL_DATABASE_URL_SHOP": f"postgresql://mall_shop_app:{password}@127.0.0.1:15432/mall_shop"}


def test_an_owner_with_a_password_and_options_of_the_server_stays_out_of_it(layout: Layout) -> None:
    named = "postgresql://root:s%40cret@db.example:5432/shop-1?sslmode=require"
    [address] = login_addresses(layout, named, {}).values()
    assert address == f"postgresql://shop-1_shop_app:{password_in(layout)}@db.example:5432/shop-1_shop?sslmode=require"


def test_the_migration_works_as_the_owner_and_knows_the_password(layout: Layout) -> None:
    settings = {"MALL_DATABASE_URL": OWNER, **login_addresses(layout, OWNER, {})}
    assert as_the_owner(layout, settings) == {
        "MALL_DATABASE_URL": OWNER,
        "MALL_DATABASE_PASSWORD_SHOP": password_in(layout),
    }


def test_a_database_that_somebody_named_is_used_as_it_was_named(layout: Layout) -> None:
    env = {"MALL_DATABASE_URL_SHOP": "postgresql://me@elsewhere/goods"}
    assert login_addresses(layout, OWNER, env) == {}
    assert login_passwords(layout, env) == {}


@pytest.mark.parametrize(
    ("service", "addresses"),
    [("shop", {"MALL_DATABASE_URL_SHOP"}), ("till", {"MALL_DATABASE_URL"}), (None, set())],
)
def test_a_process_inherits_the_way_to_its_own_database_only(service: str | None, addresses: set[str]) -> None:
    env = {"MALL_DATABASE_URL": OWNER, "MALL_DATABASE_URL_SHOP": "postgresql://…", "MALL_ENV": "development"}
    assert set(only_own_address(env, service)) == {"MALL_ENV"} | addresses


def test_secrets_that_are_there_stay_and_what_is_missing_is_added(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    old = dict.fromkeys(SECRETS, "old") | {"of_somebody_else": "kept"}
    file.write_text(json.dumps(old))

    ensure_secrets(file, ["shop_database_password"])

    new = json.loads(file.read_text())
    assert {name: new[name] for name in old} == old
    assert len(new.pop("shop_database_password")) >= 32
    assert set(new) == set(old)
    assert file.stat().st_mode & 0o077 == 0


def test_no_two_malls_have_one_password(tmp_path: Path) -> None:
    for name in ("first", "second"):
        ensure_secrets(tmp_path / name, ["shop_database_password"])
    first, second = (json.loads((tmp_path / name).read_text()) for name in ("first", "second"))
    assert not set(first.values()) & set(second.values())
