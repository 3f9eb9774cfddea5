"""What the carrier tells its client: one signed POST for each scan."""

import json
import secrets
from base64 import b64encode
from typing import Any

from deploy.sandbox.carrier.waybills import Record, Waybills, collected
from deploy.sandbox.control_http import say
from deploy.sandbox.outbox import Answer, Outbox, post
from deploy.sandbox.settings import iso_text
from deploy.sandbox.store import Store
from deploy.sandbox.switches import Switches
from deploy.sandbox.webhooks import signed_headers


class Callbacks:
    """The webhook-id of a scan is its event_id, over all attempts and when it is sent again."""

    def __init__(self, store: Store, waybills: Waybills, switches: Switches, secret: str) -> None:
        self._store, self._waybills, self._switches, self._secret = store, waybills, switches, secret
        self._outbox = Outbox(store, self._attempt)

    def move_parcels(self) -> None:
        """Take the steps that are due; the step and the promise to tell of it are one transaction."""
        for waybill_no in [] if self._switches["hold"] else self._waybills.due():
            with self._store.transaction():
                scan = self._waybills.take_step(waybill_no)
                if scan:
                    url = self._waybills.get(waybill_no)["callback_url"]
                    self._outbox.add(waybill_no, {"url": url, "event": self.event(scan)})

    def dispatch(self) -> None:
        self._outbox.dispatch()

    def event(self, scan: Record) -> dict[str, Any]:
        """The callback's JSON body."""
        return {
            "event_id": scan["event_id"],
            "waybill_no": scan["waybill_no"],
            "reference": self._waybills.get(scan["waybill_no"])["reference"],
            "status": scan["status"],
            "occurred_at": iso_text(scan["occurred_at"]),
            "location": scan["location"],
            "signed_by": scan["signed_by"],
            "remark": scan["remark"],
            **collected(scan),
        }

    def send_again(self, waybill_no: str, scan: Record) -> Answer:
        return self._send(self._waybills.get(waybill_no)["callback_url"], self.event(scan), self._secret)

    def send_forged(self, waybill_no: str, scan: Record) -> Answer:
        """Well-formed, under a new event_id and signed with a secret that nobody shares."""
        foreign_secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
        event = {**self.event(scan), "event_id": f"evt_{secrets.token_hex(12)}"}
        return self._send(self._waybills.get(waybill_no)["callback_url"], event, foreign_secret)

    def _attempt(self, content: dict[str, Any]) -> bool:
        return 200 <= self._send(content["url"], content["event"], self._secret).status_code < 300

    def _send(self, url: str, event: dict[str, Any], secret: str) -> Answer:
        body = json.dumps(event, ensure_ascii=False).encode()
        answer = post(url, body, signed_headers(secret, event["event_id"], body))
        say("carrier", f"-> {url} {event['waybill_no']} {event['status']} {answer.status_code}")
        return answer
