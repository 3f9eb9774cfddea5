"""The SMPP 3.4 line: one transceiver session a process, bound again whenever it breaks.

Its reading thread is a plain thread; in a process that eventlet has patched it is a green one and blocks nobody.
"""

import random
import re
import threading
import time

import structlog
from smpplib import exceptions

from services.chassis.open_transaction import leave_transactions_first
from services.notifications.adapters.smpp_answers import AWAY, NO_PHONE, PartAnswer, SubmittedParts
from services.notifications.adapters.smpp_client import SessionClient
from services.notifications.adapters.smpp_parts import submit_fields
from services.notifications.adapters.smpp_session import KeepReceipt, SmppSession
from services.notifications.domain.outgoing import ShortMessage, Submitted
from services.notifications.domain.pace import Pace
from services.notifications.metrics import SMS_BOUND
from services.notifications.settings import NotificationSettings

log = structlog.get_logger(__name__)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 15.0
CONNECT_S = 5.0
STOP_S = 3.0
PHONE = re.compile(r"\+?[0-9]{3,20}")
INTERNATIONAL, ISDN = 1, 1  # type of number, numbering plan


class SmppLine:
    """``start`` and ``stop`` belong to whoever owns the process; the rest may be used by any thread."""

    def __init__(self, settings: NotificationSettings, keep_receipt: KeepReceipt) -> None:
        self.settings, self.keep_receipt = settings, keep_receipt
        self.provider = f"smpp:{settings.sms.host}:{settings.sms.port}"
        self.pace = Pace(settings.sms_window)
        self.stopping = threading.Event()
        self.session: SmppSession | None = None
        self.thread = threading.Thread(target=self._stay_bound, name="smpp", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        session = self.session
        if session is not None:
            self._unbind(session)
        if self.thread.is_alive():
            self.thread.join(STOP_S)
        if session is not None:
            session.client.close()

    @property
    def is_bound(self) -> bool:
        return self.session is not None

    def room(self) -> int:
        session = self.session
        return 0 if session is None else self.pace.room(len(session.waiting), time.monotonic())

    def submit(self, message: ShortMessage) -> Submitted:
        leave_transactions_first("the SMS centre")
        session = self.session
        if session is None:
            return AWAY
        if not PHONE.fullmatch(message.recipient):
            return NO_PHONE
        parts = submit_fields(message.text, message.reference)
        answers = []
        for number, fields in enumerate(parts, start=1):
            if number not in message.accepted_before:
                answers.append(PartAnswer(number))
                session.submit(fields | self._addresses(message.recipient), answers[-1])
        return SubmittedParts(answers, len(parts))

    def _addresses(self, recipient: str) -> dict[str, object]:
        return {
            "source_addr": self.settings.sms_sender,
            "source_addr_npi": ISDN,
            "destination_addr": recipient.lstrip("+"),
            "dest_addr_ton": INTERNATIONAL,
            "dest_addr_npi": ISDN,
            "registered_delivery": True,
        }

    def _stay_bound(self) -> None:
        pause = FIRST_PAUSE_S
        while not self.stopping.is_set():
            client = SessionClient(self.settings.sms.host, self.settings.sms.port, CONNECT_S)
            started = time.monotonic()
            try:
                self._bind(client)
                self._serve(client)
            except (exceptions.ConnectionError, exceptions.PDUError, OSError) as problem:
                log.warning("smpp_not_bound", provider=self.provider, problem=f"{type(problem).__name__}: {problem}")
            finally:
                client.close()
            stood_long = time.monotonic() - started > LONGEST_PAUSE_S
            pause = FIRST_PAUSE_S if stood_long else min(pause * 2, LONGEST_PAUSE_S)
            self.stopping.wait(pause * random.uniform(0.5, 1.0))  # noqa: S311 — spreads replicas, hides nothing

    def _bind(self, client: SessionClient) -> None:
        client.connect()
        client.bind_transceiver(system_id=self.settings.sms.user, password=self.settings.sms.password)
        client.read_with_timeout(self.settings.sms_enquire_s)

    def _serve(self, client: SessionClient) -> None:
        session = SmppSession(client, self.provider, self.pace, self.keep_receipt)
        self.session = session
        SMS_BOUND.labels(self.provider).set(1)
        log.info("smpp_bound", provider=self.provider)
        try:
            session.read_until_it_ends()
        finally:
            self.session = None
            SMS_BOUND.labels(self.provider).set(0)

    def _unbind(self, session: SmppSession) -> None:
        try:
            session.client.send_pdu(session.client.make("unbind"))
        except (exceptions.ConnectionError, exceptions.PDUError):
            session.client.close()
