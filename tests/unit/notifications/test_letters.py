"""Letters as they go out: two forms of the same words, headers that cannot be bent."""

import dataclasses
from email import message_from_bytes
from email.policy import SMTP

import pytest

from services.notifications.adapters.smtp import SmtpLine
from services.notifications.domain.outgoing import REFUSED, Letter
from services.notifications.settings import LineAddress, NotificationSettings

SETTINGS = NotificationSettings(
    sms=LineAddress("smpp", "127.0.0.1", 1, "mall", "mall"),
    mail=LineAddress("smtp", "127.0.0.1", 1, "", ""),
    sms_sender="10086",
    sms_window=5,
    sms_enquire_s=1.0,
    sms_answer_s=1.0,
    mail_from="积分商城 <no-reply@mall.example>",
    mail_timeout_s=0.5,
)
LETTER = Letter("msg_" + "1" * 32, "li@example.com", "订单已确认", "您好！\n\n<b>雨伞</b> & 1\n\n积分商城", "zh")


def compose(**changes):
    """The letter as whoever gets it reads it."""
    written = SmtpLine(SETTINGS).compose(dataclasses.replace(LETTER, **changes))
    assert b"\n" not in written.replace(b"\r\n", b"")
    return message_from_bytes(written, policy=SMTP)


def test_both_forms_say_the_same_and_html_is_escaped():
    mail = compose()
    plain = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert "<b>雨伞</b> & 1" in plain
    assert "<p>&lt;b&gt;雨伞&lt;/b&gt; &amp; 1</p>" in html
    assert 'lang="zh-CN"' in html


def test_headers():
    mail = compose()
    assert mail["From"].addresses[0].addr_spec == "no-reply@mall.example"
    assert mail["From"].addresses[0].display_name == "积分商城"
    assert mail["To"] == "li@example.com"
    assert mail["Subject"] == "订单已确认"
    assert mail["Content-Language"] == "zh"
    assert mail["Message-ID"] == f"<msg_{'1' * 32}@mall.example>"


def test_a_long_subject_is_folded_and_read_whole():
    subject = "您在积分商城的订单已经确认并且即将发出，" * 5
    assert compose(subject=subject)["Subject"] == subject


def test_a_line_break_in_the_subject_makes_no_header():
    mail = compose(subject="hello\r\nBcc: victim@example.com")
    assert mail["Bcc"] is None
    assert b"\nBcc:" not in mail.as_bytes()


@pytest.mark.parametrize(
    "recipient",
    [
        "li@example.com\r\nBcc: victim@example.com",
        "li@example.com, victim@example.com",
        "nobody",
        "",
        "a b@example.com",
        "李@example.com",
        "@",
    ],
)
def test_what_is_not_one_address_is_refused(recipient):
    line = SmtpLine(SETTINGS)
    outcome = line._send(None, dataclasses.replace(LETTER, recipient=recipient))
    assert outcome.kind == REFUSED
    assert "example" not in outcome.problem
