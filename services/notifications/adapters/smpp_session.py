"""One bound transceiver session: requests go out from any thread, one thread reads."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from smpplib import consts, exceptions

from services.notifications.adapters.smpp_answers import THROTTLED, PartAnswer
from services.notifications.adapters.smpp_client import SessionClient
from services.notifications.adapters.smpp_receipts import is_receipt, receipt_of
from services.notifications.domain.outgoing import Receipt
from services.notifications.domain.pace import Pace

log = structlog.get_logger(__name__)
KeepReceipt = Callable[[Receipt], None]


class SessionEnded(Exception):
    """The session is over; the text says why."""


class SmppSession:
    def __init__(self, client: SessionClient, provider: str, pace: Pace, keep_receipt: KeepReceipt) -> None:
        self.client, self.provider, self.pace, self.keep_receipt = client, provider, pace, keep_receipt
        self.waiting: dict[int, PartAnswer] = {}
        self.probed = False
        self.handlers: dict[str, Callable[[Any], None]] = {
            "submit_sm_resp": self._on_answer,
            "generic_nack": self._on_answer,
            "deliver_sm": self._on_delivery,
            "enquire_link": lambda pdu: self.client.answer(pdu, "enquire_link_resp"),
            "enquire_link_resp": lambda pdu: None,
            "unbind": self._on_unbind,
            "unbind_resp": self._on_unbound,
        }

    def submit(self, fields: dict[str, Any], answer: PartAnswer) -> None:
        """Send one part; ``answer`` is settled or lost later, by the reading thread. Never raises for a dead line."""
        pdu = self.client.make("submit_sm", **fields)
        answer.stop_waiting = partial(self.waiting.pop, pdu.sequence, None)
        self.waiting[pdu.sequence] = answer  # before sending: the answer may be faster than we are
        try:
            self.client.send_pdu(pdu)
        except (exceptions.ConnectionError, exceptions.PDUError):
            self._forget(pdu.sequence)

    def read_until_it_ends(self) -> None:
        """The reading thread's work; returns when the session is over."""
        try:
            while True:
                self._read_one()
        except (SessionEnded, exceptions.ConnectionError, exceptions.PDUError) as problem:
            log.info("smpp_session_ended", problem=str(problem))
        finally:
            self.client.close()
            for sequence in list(self.waiting):
                self._forget(sequence)

    def _read_one(self) -> None:
        try:
            pdu = self.client.read_pdu()
        except TimeoutError:
            self._probe()
            return
        except exceptions.UnknownCommandError as problem:
            log.warning("smpp_pdu_unknown", problem=str(problem))
            return
        self.probed = False
        self.handlers.get(pdu.command, self._on_other)(pdu)

    def _probe(self) -> None:
        if self.probed:
            raise SessionEnded("no answer to enquire_link")
        self.client.send_pdu(self.client.make("enquire_link"))
        self.probed = True

    def _on_answer(self, pdu: Any) -> None:
        answer = self.waiting.pop(pdu.sequence, None)
        if pdu.status in THROTTLED:
            self.pace.throttled(time.monotonic())
        elif pdu.status == consts.SMPP_ESME_ROK:
            self.pace.accepted(time.monotonic())
        if answer is not None:
            identifier = getattr(pdu, "message_id", None) or b""
            answer.settle(pdu.status, identifier.decode("ascii", "replace"))

    def _on_delivery(self, pdu: Any) -> None:
        """Acknowledged when it is kept: a receipt that we could not keep is sent again."""
        status = consts.SMPP_ESME_ROK
        try:
            self._take_in(pdu)
        except Exception as problem:  # noqa: BLE001 — whatever it is, the centre shall try again later
            log.warning("smpp_receipt_not_kept", problem=type(problem).__name__)
            status = consts.SMPP_ESME_RX_T_APPN
        self.client.answer(pdu, "deliver_sm_resp", status)

    def _take_in(self, pdu: Any) -> None:
        if not is_receipt(pdu):
            log.info("smpp_inbound_text_ignored")
        elif receipt := receipt_of(pdu, self.provider):
            self.keep_receipt(receipt)

    def _on_unbind(self, pdu: Any) -> None:
        self.client.answer(pdu, "unbind_resp")
        raise SessionEnded("the message centre unbound us")

    def _on_unbound(self, pdu: Any) -> None:
        raise SessionEnded("we unbound")

    def _on_other(self, pdu: Any) -> None:
        log.warning("smpp_pdu_ignored", command=pdu.command)

    def _forget(self, sequence: int) -> None:
        if answer := self.waiting.pop(sequence, None):
            answer.lose()
