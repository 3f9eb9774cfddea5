"""What only a sandbox has: callbacks again, stale, false or forged; what an account has; and the page of it all."""

from typing import Any

from flask import Flask
from werkzeug.exceptions import BadRequest, NotFound

from deploy.sandbox.control_http import json_body, text_field
from deploy.sandbox.human_page import Link, Table, render_page
from deploy.sandbox.settings import iso_text
from deploy.sandbox.switches import Switches, add_switches
from deploy.sandbox.topup.callbacks import Callbacks
from deploy.sandbox.topup.operations import Operations, Record, public

COLUMNS = ("时间 at", "操作 operation", "产品 product", "号码 account", "数量 units", "状态 status", "流水号 serial")
MODES = ("again", "stale", "contradict", "wrong_sign")
DISTURBANCES = ("ok", "hang", "fail_before", "fail_after")
NO_FAULTS: dict[str, Any] = {
    **dict.fromkeys(("request", "find", "reversal"), DISTURBANCES),
    "answers": ("later", "at_once", "twice"),
    "decisions": ("on", "off"),
    "callbacks": ("on", "off"),
    "refuse": [],
    "keep": False,
}


class TopupControl:
    def __init__(self, operations: Operations, callbacks: Callbacks, faults: Switches) -> None:
        self._operations, self._callbacks, self._faults = operations, callbacks, faults

    def register(self, app: Flask) -> None:
        app.add_url_rule("/", view_func=self.page)
        app.add_url_rule("/control/accounts/<account>", view_func=self.account)
        app.add_url_rule("/control/callbacks", view_func=self.call_back, methods=["POST"])
        add_switches(app, "/control/faults", self._faults)

    def account(self, account: str) -> dict[str, Any]:
        """What it has, and every operation on it, oldest first."""
        operations = [
            {**public(one), **{name: one[name] for name in ("product", "quantity", "callback_url")}}
            for one in self._operations.of_account(account)
        ]
        return {"account": account, "has": self._operations.switched_on(account), "operations": operations}

    def call_back(self) -> dict[str, Any]:
        body = json_body()
        operation_id, mode = text_field(body, "operation_id"), text_field(body, "mode")
        if mode not in MODES:
            raise BadRequest(f"mode is one of {', '.join(MODES)}")
        operation = self._operations.find(operation_id)
        if operation is None:
            raise NotFound("no such operation")
        return self._callbacks.send(operation, mode).as_json()

    def page(self) -> str:
        rows = [_row(operation) for operation in self._operations.latest(100)]
        intro = "商城请求开通的话费与流量。 Credit and data that the mall has asked for."
        return render_page("充值 Top-up", intro, [Table("操作 Operations", COLUMNS, rows)])


def _row(operation: Record) -> tuple[object, ...]:
    account = Link(f"/control/accounts/{operation['account']}", operation["account"])
    told = f"{operation['status']} {operation['reason'] or ''}"
    return (
        iso_text(operation["asked_at"]), operation["operation_id"], operation["product"], account,
        operation["quantity"], told, operation["serial_no"] or "",
    )  # fmt: skip
