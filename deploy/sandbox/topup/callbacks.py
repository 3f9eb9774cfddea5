"""What the partner tells its client of its own accord: one signed POST for each last word."""

import json
import secrets
import time
from base64 import b64encode
from typing import Any

from deploy.sandbox.control_http import say
from deploy.sandbox.outbox import Answer, Outbox, post
from deploy.sandbox.store import Store
from deploy.sandbox.switches import Switches
from deploy.sandbox.topup.operations import REFUSED, SUCCEEDED, Operations, Record, public
from deploy.sandbox.webhooks import signed_headers

STALE_S = 600  # older than receivers of Standard Webhooks take


class Callbacks:
    """The webhook-id of a last word is the same over all attempts and when it is sent again."""

    def __init__(self, store: Store, operations: Operations, faults: Switches, secret: str) -> None:
        self._store, self._operations, self._faults, self._secret = store, operations, faults, secret
        self._outbox = Outbox(store, self._attempt)

    def decide_due(self) -> None:
        """Say the last words that are due; the word and the promise to tell of it are one transaction."""
        for operation_id in self._operations.due() if self._faults["decisions"] == "on" else []:
            with self._store.transaction():
                decided = self._operations.decide(operation_id, self._faults["refuse"])
                if decided:
                    self.promise(decided)

    def promise(self, operation: Record) -> None:
        self._outbox.add(operation["operation_id"], {"url": operation["callback_url"], "operation": public(operation)})

    def dispatch(self) -> None:
        if self._faults["callbacks"] == "on":
            self._outbox.dispatch()

    def send(self, operation: Record, mode: str) -> Answer:
        """Now, whatever the switches say. ``again`` as it is, ``stale`` signed long ago, ``contradict`` genuine and the
        opposite of what is true, ``wrong_sign`` by somebody who does not share the secret."""
        told = public(operation)
        if mode == "contradict":
            told["status"] = REFUSED if operation["status"] == SUCCEEDED else SUCCEEDED
        secret = foreign_secret() if mode == "wrong_sign" else self._secret
        signed_at = time.time() - (STALE_S if mode == "stale" else 0)
        return self._send(operation["callback_url"], told, secret, signed_at)

    def _attempt(self, content: dict[str, Any]) -> bool:
        answer = self._send(content["url"], content["operation"], self._secret, time.time())
        return 200 <= answer.status_code < 300

    def _send(self, url: str, told: dict[str, Any], secret: str, signed_at: float) -> Answer:
        body = json.dumps(told, ensure_ascii=False).encode()
        webhook_id = f"{told['operation_id']}-{told['status']}"
        answer = post(url, body, signed_headers(secret, webhook_id, body, signed_at))
        say("topup", f"-> {url} {told['operation_id']} {told['status']} {answer.status_code}")
        return answer


def foreign_secret() -> str:
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()
