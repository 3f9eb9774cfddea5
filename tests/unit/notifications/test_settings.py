"""The service does not start with half of its settings."""

import pytest

from services.chassis.settings import SettingsError
from services.notifications.settings import read_notification_settings


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("MALL_SMPP_URL", "smpp://mall:p%40ss@127.0.0.1:2775")
    monkeypatch.setenv("MALL_SMTP_URL", "smtp://127.0.0.1:2525")


def test_addresses_are_taken_apart():
    settings = read_notification_settings()
    assert (settings.sms.host, settings.sms.port, settings.sms.user, settings.sms.password) == (
        "127.0.0.1",
        2775,
        "mall",
        "p@ss",
    )
    assert (settings.mail.scheme, settings.mail.port, settings.mail.user) == ("smtp", 2525, "")


def test_passwords_do_not_show():
    assert "p@ss" not in repr(read_notification_settings())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MALL_SMPP_URL", "http://127.0.0.1:2775"),
        ("MALL_SMPP_URL", "smpp://127.0.0.1"),
        ("MALL_SMTP_URL", "smtp://"),
        ("MALL_MAIL_FROM", "nobody"),
        ("MALL_SMS_WINDOW", "0"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name):
        read_notification_settings()


def test_a_missing_value_is_named(monkeypatch):
    monkeypatch.delenv("MALL_SMPP_URL")
    with pytest.raises(SettingsError, match="MALL_SMPP_URL"):
        read_notification_settings()
