"""The mailbox over HTTP."""

from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import NotFound

from deploy.sandbox.human_page import Link, Table, render_page
from deploy.sandbox.mailbox.letters import Letters
from deploy.sandbox.switches import Switches, add_switches


class MailboxControl:
    def __init__(self, letters: Letters, faults: Switches) -> None:
        self._letters, self._faults = letters, faults

    def register(self, app: Flask) -> None:
        app.add_url_rule("/", view_func=self.page)
        app.add_url_rule("/messages", view_func=self.messages)
        app.add_url_rule("/messages/<int:letter_id>", view_func=self.read)
        app.add_url_rule("/messages/<int:letter_id>/raw", view_func=self.raw)
        add_switches(app, "/faults", self._faults)

    def messages(self) -> Response:
        after = request.args.get("after", default=0, type=int)
        return jsonify(self._letters.messages(request.args.get("to"), after))

    def page(self) -> str:
        rows = [
            (m["id"], m["received_at"], m["to"], m["from"], Link(f"/messages/{m['id']}", m["subject"] or "(无主题)"))
            for m in self._letters.latest(200)
        ]
        columns = ("#", "时间 time", "收 to", "发 from", "主题 subject")
        intro = "商城发出的邮件。 What the mall has mailed. JSON: /messages?to=&after="
        return render_page("邮箱 Mailbox", intro, [Table("信件 Letters", columns, rows)])

    def read(self, letter_id: int) -> str:
        letter = self._one(letter_id)
        fields = [(name, letter[name]) for name in ("from", "to", "subject", "received_at", "text")]
        table = Table("信件 Letter", ("项 field", "值 value"), [*fields, ("raw", Link(f"{letter_id}/raw", "原文 raw"))])
        return render_page(letter["subject"], "", [table], html=letter["html"])

    def raw(self, letter_id: int) -> Response:
        return Response(self._one(letter_id)["raw"], content_type="text/plain; charset=utf-8")

    def _one(self, letter_id: int) -> dict[str, Any]:
        letter = self._letters.one(letter_id)
        if not letter:
            raise NotFound("no such letter")
        return letter
