import pytest

from services.chassis.settings import SettingsError
from services.logistics.settings import LogisticsSettings, read_logistics_settings


@pytest.fixture(autouse=True)
def complete(monkeypatch, tmp_path):
    (tmp_path / "secrets.json").write_text('{"carrier_secret": "whsec_bmV3 whsec_b2xk"}')
    for name, value in {
        "AMQP_URL": "amqp://broker", "DATABASE_URL": "postgresql://db/mall", "PUBLIC_URL": "http://mall.test/",
        "SECRETS_FILE": str(tmp_path / "secrets.json"), "CARRIER_SILENCE_S": "2",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"MALL_{name}", value)


def test_settings_are_read():
    settings = read_logistics_settings()
    assert settings.callback_url("swift") == "http://mall.test/callbacks/carriers/swift"
    assert settings.secrets_of("carrier_secret") == ("whsec_bmV3", "whsec_b2xk")
    assert (settings.carrier_silence_s, settings.carrier_timeout_s) == (2.0, 2.0)
    assert "whsec" not in repr(settings)


def test_every_wrong_variable_is_named(monkeypatch):
    monkeypatch.setenv("MALL_CARRIER_TIMEOUT_S", "0")
    monkeypatch.setenv("MALL_OTHER_CARRIER_AFTER", "never")
    with pytest.raises(SettingsError, match=r"CARRIER_TIMEOUT_S.*OTHER_CARRIER_AFTER"):
        read_logistics_settings()


def test_a_missing_secret_is_named():
    settings = LogisticsSettings(public_url="http://mall", secrets={"empty": " "})
    for name in ("empty", "absent"):
        assert not settings.knows_secret(name)
        with pytest.raises(SettingsError, match=name):
            settings.secrets_of(name)
