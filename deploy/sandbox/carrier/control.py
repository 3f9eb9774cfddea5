"""What only a sandbox has: send again, forge, plan another path, hold everything; and the page of all parcels."""

from typing import Any

from flask import Flask
from werkzeug.exceptions import BadRequest, NotFound

from deploy.sandbox.carrier.callbacks import Callbacks
from deploy.sandbox.carrier.journey import planned_steps
from deploy.sandbox.carrier.waybills import Record, Waybills
from deploy.sandbox.control_http import json_body, text_field
from deploy.sandbox.human_page import Link, Table, render_page
from deploy.sandbox.settings import iso_text
from deploy.sandbox.switches import Switches, add_switches

COLUMNS = ("运单 waybill", "参考号 reference", "收 to", "状态 status", "轨迹 scans", "回调 callback")


class CarrierControl:
    def __init__(self, waybills: Waybills, callbacks: Callbacks, switches: Switches) -> None:
        self._waybills, self._callbacks, self._switches = waybills, callbacks, switches

    def register(self, app: Flask) -> None:
        app.add_url_rule("/", view_func=self.page)
        app.add_url_rule("/control/waybills", view_func=self.waybills)
        for name, view in (("resend", self.resend), ("forge", self.forge), ("plan", self.plan)):
            app.add_url_rule(f"/control/{name}", view_func=view, methods=["POST"])
        add_switches(app, "/control/hold", self._switches)
        add_switches(app, "/control/faults", self._switches)

    def waybills(self) -> dict[str, Any]:
        """Newest first."""
        names = ("waybill_no", "reference", "status", "callback_url", "content")
        return {"waybills": [{name: one[name] for name in names} for one in self._waybills.latest(200)]}

    def resend(self) -> dict[str, Any]:
        waybill_no, status = self._asked()
        scan = self._scan(waybill_no, status)
        if not scan:
            raise NotFound(f"{waybill_no} has no scan {status}")
        return self._callbacks.send_again(waybill_no, scan).as_json()

    def forge(self) -> dict[str, Any]:
        """The scan need not exist: a forger invents what has not happened."""
        waybill_no, status = self._asked()
        invented = {
            "event_id": "", "waybill_no": waybill_no, "status": status, "occurred_at": 0.0,
            "location": "", "signed_by": None, "remark": "forged",
        }  # fmt: skip
        return self._callbacks.send_forged(waybill_no, self._scan(waybill_no, status) or invented).as_json()

    def plan(self) -> dict[str, Any]:
        body = json_body()
        try:
            steps = planned_steps(body.get("steps"))
        except ValueError as error:
            raise BadRequest(str(error)) from error
        reference = body.get("reference") or self._known(text_field(body, "waybill_no"))["reference"]
        self._waybills.plan(str(reference), steps)
        return {"reference": reference, "steps": [step.as_json() for step in steps]}

    def page(self) -> str:
        rows = [self._row(waybill) for waybill in self._waybills.latest(100)]
        intro = "商城交运的包裹，每一步都会回调商城。 Parcels the mall has handed over; each step calls the mall back."
        return render_page("快递 Carrier", intro, [Table("运单 Waybills", COLUMNS, rows)])

    def _row(self, waybill: Record) -> tuple[object, ...]:
        scans = self._waybills.scans(waybill["waybill_no"])
        told = "\n".join(f"{iso_text(scan['occurred_at'])} {scan['location']} {scan['remark']}" for scan in scans)
        number = Link(f"/v1/waybills/{waybill['waybill_no']}", waybill["waybill_no"])
        to = f"{waybill['recipient_name']} {waybill['destination']}"
        return number, waybill["reference"], to, waybill["status"], told, waybill["callback_url"]

    def _asked(self) -> tuple[str, str]:
        body = json_body()
        waybill_no, status = text_field(body, "waybill_no"), text_field(body, "status")
        self._known(waybill_no)
        return waybill_no, status

    def _known(self, waybill_no: str) -> Record:
        try:
            return self._waybills.get(waybill_no)
        except KeyError:
            raise NotFound("no such waybill") from None

    def _scan(self, waybill_no: str, status: str) -> Record | None:
        """The latest one of that status."""
        return next((scan for scan in reversed(self._waybills.scans(waybill_no)) if scan["status"] == status), None)
