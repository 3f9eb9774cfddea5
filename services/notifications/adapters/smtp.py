"""Letters over SMTP, a connection a batch."""

import smtplib
import time
from collections.abc import Sequence
from contextlib import suppress
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr

from services.chassis.clock import SystemClock
from services.chassis.open_transaction import leave_transactions_first
from services.notifications.domain.mail_text import as_html
from services.notifications.domain.outgoing import ACCEPTED, NOT_TRIED, REFUSED, TRY_LATER, Letter, Outcome
from services.notifications.settings import NotificationSettings

PERMANENT = 500
_ON_THE_WIRE = compat32.clone(linesep="\r\n")
LONGEST_BATCH_S = 12  # a slow server must not keep a claim beyond its lease


class SmtpLine:
    def __init__(self, settings: NotificationSettings) -> None:
        self.address, self.timeout_s = settings.mail, settings.mail_timeout_s
        name, self.mailbox = parseaddr(settings.mail_from)
        self.sender, self.domain = formataddr((name, self.mailbox)), self.mailbox.rpartition("@")[2]

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

    def compose(self, letter: Letter) -> bytes:
        """Raises for a recipient that is not one address; a line break cannot get into a header.

        By the older half of the library: the newer one parses and folds every header anew, at eight times the price.
        """
        mail = MIMEMultipart("alternative")
        mail["From"] = self.sender
        mail["To"] = Address(addr_spec=letter.recipient).addr_spec.encode("ascii").decode()
        mail["Subject"] = Header(" ".join(letter.subject.split()), header_name="Subject")  # type: ignore[assignment]
        mail["Date"] = format_datetime(SystemClock().now())
        mail["Message-ID"] = f"<{letter.message_id}@{self.domain}>"  # the same on every try
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = letter.language
        for form, words in (("plain", letter.text), ("html", as_html(letter.text, letter.language))):
            mail.attach(MIMEText("\r\n".join(words.splitlines()), form, "utf-8"))
        return mail.as_bytes(policy=_ON_THE_WIRE)

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
            server.sendmail(self.mailbox, [letter.recipient], mail)
        except smtplib.SMTPRecipientsRefused as problem:
            return _by_code(next(iter(problem.recipients.values()))[0])
        except smtplib.SMTPResponseException as problem:
            return _by_code(problem.smtp_code)
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
