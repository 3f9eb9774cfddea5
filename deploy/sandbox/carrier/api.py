"""The carrier's API. Every POST is signed with Standard Webhooks; tracking is open to who knows the number."""

import secrets
import time
from typing import Any

from flask import Flask, abort, request
from werkzeug.exceptions import BadRequest, NotFound, ServiceUnavailable, Unauthorized

from deploy.sandbox.carrier.booking import read_booking
from deploy.sandbox.carrier.waybills import Record, Waybills, collected
from deploy.sandbox.human_page import Table, render_page
from deploy.sandbox.settings import iso_text
from deploy.sandbox.switches import Switches
from deploy.sandbox.webhooks import is_genuine

Reply = tuple[dict[str, Any], int]


class CarrierApi:
    def __init__(self, waybills: Waybills, switches: Switches, secret: str, base_url: str) -> None:
        self._waybills, self._switches, self._secret, self._base_url = waybills, switches, secret, base_url

    def register(self, app: Flask) -> None:
        app.add_url_rule("/v1/waybills", view_func=self.book, methods=["POST"])
        app.add_url_rule("/v1/waybills/<waybill_no>", view_func=self.track)
        app.add_url_rule("/v1/waybills/<waybill_no>/cancellation", view_func=self.cancel, methods=["POST"])
        app.add_url_rule("/labels/<waybill_no>", view_func=self.label)

    def book(self) -> Reply:
        self._check_signature()
        if secrets.randbelow(1000) < self._switches["fail_rate"] * 1000:
            raise ServiceUnavailable("switched to fail")
        try:
            booking = read_booking(request.get_json(force=True))
        except ValueError as error:
            raise BadRequest(str(error)) from error
        waybill, is_new = self._waybills.book(booking)
        # Slow after the booking is kept: a client that gives up waiting has a waybill nevertheless.
        time.sleep(self._switches["slow_s"])
        return self._booked(waybill), 201 if is_new else 200

    def track(self, waybill_no: str) -> dict[str, Any]:
        waybill = self._known(waybill_no)
        scans = [_public_scan(scan) for scan in self._waybills.scans(waybill_no)]
        return {**self._booked(waybill), "status": waybill["status"], "scans": scans}

    def cancel(self, waybill_no: str) -> Reply:
        self._check_signature()
        self._known(waybill_no)
        done = self._waybills.cancel(waybill_no)
        answer = {"waybill_no": waybill_no, "status": self._known(waybill_no)["status"]}
        return (answer, 200) if done else ({"error": "already_picked_up", **answer}, 409)

    def label(self, waybill_no: str) -> str:
        waybill = self._known(waybill_no)
        rows = [
            ("收 to", waybill["recipient_name"]),
            ("目的地", waybill["destination"]),
            ("单号", waybill["reference"]),
        ]
        return render_page(f"面单 Label {waybill_no}", "", [Table("面单 Label", ("", ""), rows)])

    def _booked(self, waybill: Record) -> dict[str, Any]:
        return {
            "waybill_no": waybill["waybill_no"],
            "reference": waybill["reference"],
            "label_url": f"{self._base_url}/labels/{waybill['waybill_no']}",
            "estimated_delivery_on": waybill["estimated_delivery_on"],
        }

    def _check_signature(self) -> None:
        if not is_genuine(self._secret, request.get_data(), dict(request.headers)):
            raise Unauthorized("the Standard Webhooks signature is missing or false")

    def _known(self, waybill_no: str) -> Record:
        try:
            return self._waybills.get(waybill_no)
        except KeyError:
            abort(NotFound.code, "no such waybill")


def _public_scan(scan: Record) -> dict[str, Any]:
    names = ("event_id", "status", "location", "signed_by", "remark")
    return {"occurred_at": iso_text(scan["occurred_at"]), **{name: scan[name] for name in names}, **collected(scan)}
