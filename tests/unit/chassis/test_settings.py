"""Settings: complete or not at all, and everything that is wrong is said at once."""

import json
from pathlib import Path

import pytest

from services.chassis.settings import SettingsError, database_url_of, read_settings


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    import os

    for name in [name for name in os.environ if name.startswith("MALL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MALL_AMQP_URL", "amqp://broker")
    monkeypatch.setenv("MALL_DATABASE_URL", "postgresql://db/mall")
    return monkeypatch


def test_the_least_that_must_be_said_is_where_broker_and_database_are() -> None:
    settings = read_settings("points")
    assert (settings.amqp_url, settings.database_url) == ("amqp://broker", "postgresql://db/mall_points")
    assert (settings.environment, settings.max_workers, settings.retry_after_s) == ("development", 16, (10, 60, 600))


def test_everything_that_is_missing_or_wrong_is_named_at_once(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("MALL_AMQP_URL")
    environment.setenv("MALL_MAX_WORKERS", "0")
    environment.setenv("MALL_LOG_FORMAT", "xml")
    environment.setenv("MALL_OPS_PORT", "many")
    with pytest.raises(SettingsError) as problem:
        read_settings("points")
    for name in ("MALL_AMQP_URL", "MALL_MAX_WORKERS", "MALL_LOG_FORMAT", "MALL_OPS_PORT"):
        assert name in str(problem.value)


def test_a_process_without_a_database_needs_no_address_of_one(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("MALL_DATABASE_URL")
    assert read_settings("gateway", uses_database=False).database_url == ""
    with pytest.raises(SettingsError, match="MALL_DATABASE_URL"):
        read_settings("points")


def test_a_service_may_have_a_database_elsewhere(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("MALL_DATABASE_URL_POINTS", "postgresql://other/ledger")
    assert read_settings("points").database_url == "postgresql://other/ledger"
    assert read_settings("orders").database_url == "postgresql://db/mall_orders"


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("postgresql://u:p@h:5432/mall", "postgresql://u:p@h:5432/mall_points"),
        ("postgresql://h", "postgresql://h/mall_points"),
        ("postgresql://h/mall?sslmode=require", "postgresql://h/mall_points?sslmode=require"),
        ("", ""),
        (None, ""),
    ],
)
def test_each_service_has_a_database_of_its_own(base: str | None, url: str) -> None:
    assert database_url_of(base, "points") == url


def test_secrets_come_from_a_file_and_are_not_shown(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.write_text(json.dumps({"carrier": "whsec_hidden"}))
    environment.setenv("MALL_SECRETS_FILE", str(file))
    settings = read_settings("logistics")
    assert settings.secret("carrier") == "whsec_hidden"
    assert "whsec_hidden" not in repr(settings)
    with pytest.raises(SettingsError, match="'other' is missing"):
        settings.secret("other")
