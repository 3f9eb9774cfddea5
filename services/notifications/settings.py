"""The service's own settings: where the message centre and the mail server are, and as whom we write."""

from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

from marshmallow import ValidationError, validate

from services.chassis.settings import environment_reader, seal

SMS_SCHEMES = ("smpp",)
MAIL_SCHEMES = ("smtp", "smtps")


@dataclass(frozen=True)
class LineAddress:
    """``smpp://user:password@host:port`` or ``smtp[s]://[user:password@]host:port``."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)

    @classmethod
    def parse(cls, url: str, *schemes: str) -> "LineAddress":
        parts = urlsplit(url)
        if parts.scheme not in schemes or not parts.hostname or not parts.port:
            raise ValidationError(f"must be {schemes[0]}://[user:password@]host:port")
        return cls(
            parts.scheme, parts.hostname, parts.port, unquote(parts.username or ""), unquote(parts.password or "")
        )


@dataclass(frozen=True)
class NotificationSettings:
    """``sms_window``: short messages under way at once; ``sms_enquire_s``: silence after which the line is probed."""

    sms: LineAddress
    mail: LineAddress
    sms_sender: str
    sms_window: int
    sms_enquire_s: float
    sms_answer_s: float
    mail_from: str
    mail_timeout_s: float


def read_notification_settings() -> NotificationSettings:
    """Raises SettingsError that names every variable that is missing or wrong."""
    env = environment_reader()
    sms_url = env.str("SMPP_URL", validate=lambda url: LineAddress.parse(url, *SMS_SCHEMES) and None)
    mail_url = env.str("SMTP_URL", validate=lambda url: LineAddress.parse(url, *MAIL_SCHEMES) and None)
    rest: dict[str, Any] = {
        "sms_sender": env.str("SMS_SENDER", "10086"),
        "sms_window": env.int("SMS_WINDOW", 20, validate=validate.Range(1, 500)),
        "sms_enquire_s": env.float("SMS_ENQUIRE_S", 15.0),
        "sms_answer_s": env.float("SMS_ANSWER_S", 5.0),
        "mail_from": env.str("MAIL_FROM", "积分商城 <no-reply@mall.example>", validate=_an_address),
        "mail_timeout_s": env.float("MAIL_TIMEOUT_S", 4.0),
    }
    seal(env)
    sms, mail = LineAddress.parse(sms_url, *SMS_SCHEMES), LineAddress.parse(mail_url, *MAIL_SCHEMES)
    return NotificationSettings(sms=sms, mail=mail, **rest)


def _an_address(value: str) -> None:
    if "@" not in parseaddr(value)[1]:
        raise ValidationError("must be an address, or a name and an <address>")
