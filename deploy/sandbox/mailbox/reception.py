"""The SMTP side."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.sandbox.control_http import say
from deploy.sandbox.mailbox.letters import Letters
from deploy.sandbox.settings import Address
from deploy.sandbox.switches import Switches

ACCEPTED = "250 Message accepted for delivery"


class Reception:
    """Handler of aiosmtpd; the method names are the library's."""

    def __init__(self, letters: Letters, faults: Switches) -> None:
        self._letters, self._faults = letters, faults

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if address.lower() in [failing.lower() for failing in self._faults["fail_addresses"]]:
            say("mailbox", f"RCPT {address} 550")
            return "550 No such user here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self._faults.take_one("refuse"):
            say("mailbox", f"DATA to={envelope.rcpt_tos} 451")
            return "451 Try again later"
        raw = envelope.original_content or b""
        message = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
        self._letters.keep(envelope.mail_from or "", envelope.rcpt_tos, message, raw)
        say("mailbox", f"DATA to={envelope.rcpt_tos} bytes={len(raw)} 250")
        return ACCEPTED


def open_reception(letters: Letters, faults: Switches, address: Address) -> Controller:
    """Returns once the port is open."""
    controller = Controller(
        Reception(letters, faults), hostname=address.host, port=address.port, enable_SMTPUTF8=True, ready_timeout=10
    )
    controller.start()
    return controller
