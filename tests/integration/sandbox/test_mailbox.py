"""The mailbox, spoken to by smtplib."""

import smtplib
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest


@pytest.fixture(scope="module")
def mailbox(start_partner):
    return start_partner("mailbox", "MALL_MAILBOX_CONTROL_URL")


@pytest.fixture
def send(mailbox, environment):
    address = urlsplit(environment["MALL_SMTP_URL"])

    def send(to, subject="订单已发货", html="<p>您的订单<b>已发货</b></p>"):
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = "mall@example.com", ", ".join(to), subject
        letter.set_content("您的订单已发货")
        if html:
            letter.add_alternative(html, subtype="html")
        with smtplib.SMTP(address.hostname, address.port, timeout=5) as smtp:
            smtp.send_message(letter)

    return send


def test_a_letter_with_text_and_html(mailbox, send):
    send(["a@example.com"])
    (letter,) = mailbox.get("/messages", to="A@example.com").json()
    assert set(letter) == {"id", "to", "from", "subject", "text", "html", "received_at"}
    assert (letter["to"], letter["from"], letter["subject"]) == ("a@example.com", "mall@example.com", "订单已发货")
    assert letter["text"].strip() == "您的订单已发货"
    assert "<b>已发货</b>" in letter["html"]


def test_each_receiver_has_a_copy_and_after_shows_what_is_new(mailbox, send):
    send(["b@example.com", "c@example.com"], "一")
    send(["b@example.com"], "二", html="")
    first, second = mailbox.get("/messages", to="b@example.com").json()
    assert (first["subject"], second["subject"], second["html"]) == ("一", "二", "")
    assert [m["subject"] for m in mailbox.get("/messages", to="b@example.com", after=first["id"]).json()] == ["二"]
    assert len(mailbox.get("/messages", to="c@example.com").json()) == 1


def test_refusals(mailbox, send):
    mailbox.post("/faults", {"refuse": 1, "fail_addresses": ["nobody@example.com"]})
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(["nobody@example.com"])
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(["d@example.com"])
    assert refused.value.smtp_code == 451
    send(["d@example.com"])
    assert len(mailbox.get("/messages", to="d@example.com").json()) == 1


def test_foreign_html_is_shown_in_a_frame_that_runs_nothing(mailbox, send):
    send(["e@example.com"], "<i>x</i>", html="<script>alert(1)</script>")
    (letter,) = mailbox.get("/messages", to="e@example.com").json()
    assert "&lt;i&gt;x&lt;/i&gt;" in mailbox.get("/").text
    page = mailbox.get(f"/messages/{letter['id']}").text
    assert 'srcdoc="&lt;script&gt;' in page
    assert "<iframe sandbox " in page
    assert mailbox.get(f"/messages/{letter['id']}/raw").text.startswith("From: mall@example.com")
    assert mailbox.get("/messages/999999").status_code == 404


def test_letters_outlive_a_kill(mailbox, send):
    send(["f@example.com"])
    mailbox.kill()
    mailbox.start()
    assert len(mailbox.get("/messages", to="f@example.com").json()) == 1
    assert mailbox.terminate() == 0
