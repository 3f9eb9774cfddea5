"""Members starts with complete settings or not at all."""

import json

import pytest

from services.chassis.settings import SettingsError
from services.members.settings import read_members_settings


@pytest.fixture
def environment(monkeypatch, tmp_path):
    secrets = tmp_path / "secrets.json"
    secrets.write_text(json.dumps({"session_pepper": "p" * 32}))
    monkeypatch.setenv("MALL_AMQP_URL", "amqp://localhost/mall")
    monkeypatch.setenv("MALL_DATABASE_URL", "postgresql://localhost/mall")
    monkeypatch.setenv("MALL_SECRETS_FILE", str(secrets))
    return monkeypatch, secrets


def test_times_come_from_the_environment_and_the_pepper_from_the_secrets(environment):
    monkeypatch, _ = environment
    monkeypatch.setenv("MALL_SESSION_IDLE_S", "900")
    settings = read_members_settings()
    assert (settings.session_idle_s, settings.session_absolute_s, settings.pepper) == (900, 43_200, "p" * 32)
    assert "p" * 32 not in repr(settings)


@pytest.mark.parametrize("variable", ["MALL_SIGN_IN_CODE_LIFE_S", "MALL_SIGN_IN_CODE_TRIES", "MALL_SESSION_IDLE_S"])
def test_a_value_out_of_bounds_stops_the_start_and_is_named(environment, variable):
    monkeypatch, _ = environment
    monkeypatch.setenv(variable, "1000000")
    with pytest.raises(SettingsError, match=variable):
        read_members_settings()


def test_without_a_pepper_it_does_not_start(environment):
    _, secrets = environment
    secrets.write_text("{}")
    with pytest.raises(SettingsError, match="session_pepper"):
        read_members_settings()
