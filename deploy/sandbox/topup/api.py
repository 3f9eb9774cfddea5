"""The partner's API, every call of which is signed with Standard Webhooks, also those without a body."""

import time
from collections.abc import Callable
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import BadRequest, Conflict, NotFound, ServiceUnavailable, Unauthorized

from deploy.sandbox.store import Store
from deploy.sandbox.switches import Switches
from deploy.sandbox.topup.callbacks import Callbacks
from deploy.sandbox.topup.operations import ACCEPTED, REFUSED, Operations, OtherContent, Record, public
from deploy.sandbox.topup.wishes import Wish, read_wish
from deploy.sandbox.webhooks import is_genuine

Reply = tuple[dict[str, Any], int]
STATUSES = {ACCEPTED: 202, REFUSED: 422}


class TopupApi:
    """``pace_s`` passes until the last word on what is answered later."""

    def __init__(
        self, store: Store, operations: Operations, callbacks: Callbacks, faults: Switches, secret: str, pace_s: float
    ) -> None:
        self._store, self._operations, self._callbacks = store, operations, callbacks
        self._faults, self._secret, self._pace_s = faults, secret, pace_s

    def register(self, app: Flask) -> None:
        app.add_url_rule("/v1/operations", view_func=self.ask, methods=["POST"])
        app.add_url_rule("/v1/operations/<operation_id>", view_func=self.tell)
        app.add_url_rule("/v1/operations/<operation_id>/reversal", view_func=self.reverse, methods=["POST"])

    def ask(self) -> Reply:
        self._check_signature()
        try:
            wish = read_wish(request.get_json(force=True))
        except ValueError as error:
            raise BadRequest(str(error)) from error
        return self._disturbed("request", lambda: self._taken_on(wish))

    def tell(self, operation_id: str) -> Reply:
        self._check_signature()
        return self._disturbed("find", lambda: self._operations.get(operation_id))

    def reverse(self, operation_id: str) -> Reply:
        self._check_signature()
        return self._disturbed("reversal", lambda: self._operations.reverse(operation_id, self._faults["keep"]))

    def _taken_on(self, wish: Wish) -> Record:
        """Decided at once, or later by the clock; of ``twice`` a callback tells as well."""
        answers = self._faults["answers"]
        with self._store.transaction():
            operation, is_new = self._operations.take_on(wish, time.time() + self._pace_s)
            if not is_new or answers == "later":
                return operation
            decided = self._operations.decide(wish.operation_id, self._faults["refuse"]) or operation
            if answers == "twice":
                self._callbacks.promise(decided)
            return decided

    def _disturbed(self, name: str, act: Callable[[], Record]) -> Reply:
        """What hangs, or fails after, was done first: the client cannot know, it has to ask."""
        if self._faults[name] == "fail_before":
            raise ServiceUnavailable("switched to fail before it does anything")
        try:
            operation = act()
        except KeyError:
            raise NotFound("no such operation") from None
        except OtherContent:
            raise Conflict("this operation id came with another content before") from None
        if self._faults[name] == "fail_after":
            raise ServiceUnavailable("switched to fail after it was done")
        self._faults.wait_while(name, "hang")
        return public(operation), STATUSES.get(operation["status"], 200)

    def _check_signature(self) -> None:
        if not is_genuine(self._secret, request.get_data(), dict(request.headers)):
            raise Unauthorized("the Standard Webhooks signature is missing or false")
