"""The SMPP 3.4 side: sessions, submit_sm in, deliver_sm out. Who may bind is decided at the front door."""

import asyncio
import socket
import threading
import time
from typing import Any

import smpp34

from deploy.sandbox.control_http import say
from deploy.sandbox.settings import Address
from deploy.sandbox.smsc import smpp_numbers as numbers
from deploy.sandbox.smsc.concatenation import segment_of
from deploy.sandbox.smsc.front_door import FrontDoor
from deploy.sandbox.smsc.outgoing import DELIVERED, UNDELIVERABLE, Outgoing, receipt_tlvs
from deploy.sandbox.smsc.phones import Phones, Submission, phone_of
from deploy.sandbox.store import Store
from deploy.sandbox.switches import Switches

ACKNOWLEDGE_WITHIN_S = 5.0
LOOK_EVERY_S = 0.02
_RECEIPT_ALWAYS, _RECEIPT_ON_FAILURE = 1, 2


class Exchange:
    def __init__(self, store: Store, phones: Phones, outgoing: Outgoing, faults: Switches, pace_s: float) -> None:
        self._store, self._phones, self._outgoing, self._faults, self._pace_s = store, phones, outgoing, faults, pace_s
        self._sessions: dict[str, smpp34.Esme] = {}

    def start(self, address: Address) -> None:
        """Returns once the port is open; the sessions live in a thread of their own."""
        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, daemon=True).start()
        asyncio.run_coroutine_threadsafe(self._open(address), loop).result(timeout=10)

    async def _open(self, address: Address) -> None:
        inner_port = _free_port()
        server = smpp34.Server("127.0.0.1", inner_port, system_id="MallSandbox")
        await server.start()
        self._door = await FrontDoor(address, inner_port).open()
        self._tasks = [asyncio.create_task(self._receive(server)), asyncio.create_task(self._deliver_due())]

    async def _receive(self, server: smpp34.Server) -> None:
        while True:
            event = await server.next()
            if isinstance(event, smpp34.Esme):
                self._bound(event)
            elif isinstance(event, smpp34.SubmitSmEvent):
                self._submitted(event)
            else:
                self._sessions.pop(event.session_id, None)
                say("smsc", f"unbound session={event.session_id}")

    def _bound(self, esme: smpp34.Esme) -> None:
        self._sessions[esme.session_id] = esme
        say("smsc", f"bound system_id={esme.system_id} session={esme.session_id}")

    def _submitted(self, event: smpp34.SubmitSmEvent) -> None:
        """Kept before it is acknowledged: a client that got an id may rely on it."""
        refusal = self._refusal(event)
        if refusal:
            event.reject(refusal)
            say("smsc", f"submit_sm to={event.destination_addr} refused={refusal:#x}")
            return
        segment = segment_of(event)
        submission = Submission(event.source_addr, event.destination_addr, event.data_coding, segment)
        with self._store.transaction():
            segment_id = self._phones.take(submission)
            self._owe_receipt(event, segment_id)
        event.accept(segment_id)
        say("smsc", f"submit_sm to={event.destination_addr} id={segment_id} part={segment.number}/{segment.total}")

    def _refusal(self, event: smpp34.SubmitSmEvent) -> int:
        """An SMPP command_status, 0 for none."""
        if self._faults.take_one("throttle"):
            return numbers.ESME_RTHROTTLED
        if not phone_of(event.destination_addr).isdigit():
            return numbers.ESME_RINVDSTADR
        try:
            segment_of(event)
        except ValueError:
            return numbers.ESME_RINVMSGLEN
        return numbers.ESME_ROK

    def _owe_receipt(self, event: smpp34.SubmitSmEvent, segment_id: str) -> None:
        failing = {phone_of(number) for number in self._faults["fail_numbers"]}
        state = UNDELIVERABLE if phone_of(event.destination_addr) in failing else DELIVERED
        wanted = event.registered_delivery & 0x03
        asked = wanted == _RECEIPT_ALWAYS or (wanted == _RECEIPT_ON_FAILURE and state == UNDELIVERABLE)
        if asked and not self._faults["no_receipt"]:
            due_at = time.time() + self._pace_s
            self._outgoing.add_receipt(segment_id, event.source_addr, event.destination_addr, state, due_at)

    async def _deliver_due(self) -> None:
        """Receipts and members' messages wait in the store until a bound client acknowledges them."""
        while True:
            receivers = [esme for esme in self._sessions.values() if esme.can_receive]
            for row in self._outgoing.due() if receivers else []:
                if not await self._deliver(receivers[-1], row):
                    self._try_others_first(receivers[-1])
                    await asyncio.sleep(0.5)
                    break
            await asyncio.sleep(LOOK_EVERY_S)

    def _try_others_first(self, silent: smpp34.Esme) -> None:
        """The newest session is tried first; one that does not acknowledge becomes the oldest."""
        if silent.session_id in self._sessions:
            del self._sessions[silent.session_id]
            self._sessions = {silent.session_id: silent, **self._sessions}

    async def _deliver(self, esme: smpp34.Esme, row: dict[str, Any]) -> bool:
        try:
            async with asyncio.timeout(ACKNOWLEDGE_WITHIN_S):
                response = await esme.deliver_sm(
                    row["destination"],
                    row["payload"],
                    source_addr=row["source"],
                    esm_class=row["esm_class"],
                    data_coding=row["data_coding"],
                    tlvs=receipt_tlvs(row["receipt_for"], row["state"]) if row["receipt_for"] else [],
                )
        except (smpp34.SmppError, TimeoutError, OSError, RuntimeError) as error:
            say("smsc", f"deliver_sm to={row['destination']} not acknowledged: {error!r}")
            return False
        say("smsc", f"deliver_sm to={row['destination']} receipt={row['state']} status={response.command_status:#x}")
        if response.is_success:
            with self._store.transaction():
                self._outgoing.sent(row["id"])
                if row["receipt_for"]:
                    self._phones.receipted(row["receipt_for"], row["state"])
        return response.is_success


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
