"""Letters over SMTP, a connection a batch."""

import smtplib
import time
from collections.abc import Sequence
from contextlib import suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from services.chassis.clock import SystemClock
from services.chassis.open_transaction import leave_transactions_first
from services.notifications.domain.mail_text import as_html
from services.notifications.domain.outgoing import ACCEPTED, NOT_TRIED, REFUSED, TRY_LATER, Letter, Outcome
from services.notifications.settings import NotificationSettings

PERMANENT = 500
LONGEST_BATCH_S = 12  # a slow server must not keep a claim beyond its lease


class SmtpLine:
    def __init__(self, settings: NotificationSettings) -> None:
        self.address, self.timeout_s = settings.mail, settings.mail_timeout_s
        name, mailbox = parseaddr(settings.mail_from)
        self.sender = Address(display_name=name, addr_spec=mailbox)

    def send_all(self, letters: Sequence[Letter]) -> list[Outcome]:
        """Letters that were not reached before the connection broke, or in time, are ``not_tried``."""
        leave_transactions_first("the mail server")
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as problem:
            return [Outcome(NOT_TRIED, f"the mail server is away: {type(problem).__name__}")] * len(letters)
        outcomes: list[Outcome] = []
        until = time.monotonic() + LONGEST_BATCH_S
        for letter in letters:
            if server.sock is None or time.monotonic() > until:
                break
            outcomes.append(self._send(server, letter))
        _leave(server)
        return outcomes + [Outcome(NOT_TRIED, "its turn did not come")] * (len(letters) - len(outcomes))

    def compose(self, letter: Letter) -> EmailMessage:
        """Raises for a recipient that is not one address; a line break cannot get into a header."""
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self.sender
        mail["To"] = Address(addr_spec=letter.recipient)
        mail["Subject"] = " ".join(letter.subject.split())
        mail["Date"] = format_datetime(SystemClock().now())
        mail["Message-ID"] = f"<{letter.message_id}@{self.sender.domain}>"  # the same on every try
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = letter.language
        mail.set_content(letter.text)
        mail.add_alternative(as_html(letter.text, letter.language), subtype="html")
        return mail

    def _connect(self) -> smtplib.SMTP:
        connect = smtplib.SMTP_SSL if self.address.scheme == "smtps" else smtplib.SMTP
        server = connect(self.address.host, self.address.port, timeout=self.timeout_s)
        if self.address.user:
            server.login(self.address.user, self.address.password)
        return server

    def _send(self, server: smtplib.SMTP, letter: Letter) -> Outcome:
        try:
            mail = self.compose(letter)
        except (ValueError, IndexError, MessageError):  # whatever the parser makes of what is no address
            return Outcome(REFUSED, "not an e-mail address")
        try:
            server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as problem:
            return _by_code(next(iter(problem.recipients.values()))[0])
        except smtplib.SMTPResponseException as problem:
            return _by_code(problem.smtp_code)
        except smtplib.SMTPNotSupportedError:
            return Outcome(REFUSED, "the mail server does not take such an address")
        except (OSError, smtplib.SMTPException) as problem:
            server.close()
            return Outcome(TRY_LATER, f"{type(problem).__name__}: may have been sent all the same")
        return Outcome(ACCEPTED)


def _by_code(code: int) -> Outcome:
    return Outcome(REFUSED if code >= PERMANENT else TRY_LATER, f"the mail server answered {code}")


def _leave(server: smtplib.SMTP) -> None:
    with suppress(OSError, smtplib.SMTPException):  # the letters are out: how the farewell goes does not matter
        server.quit()
    server.close()
