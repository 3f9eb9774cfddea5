"""The message centre over HTTP: read a phone, send as a member, switch faults."""

from typing import Any

from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from deploy.sandbox.control_http import json_body, text_field
from deploy.sandbox.human_page import Form, Table, render_page
from deploy.sandbox.smsc.outgoing import Outgoing
from deploy.sandbox.smsc.phones import Phones
from deploy.sandbox.switches import Switches, add_switches

PHONE_COLUMNS = ("#", "时间 time", "收 to", "发 from", "内容 text", "回执 receipt")
MEMBER_COLUMNS = ("#", "发 from", "收 to", "内容 text", "送达商城 taken at")
FIELDS = {"from": "发 from", "to": "收 to", "text": "内容 text"}


class SmscControl:
    def __init__(self, phones: Phones, outgoing: Outgoing, faults: Switches) -> None:
        self._phones, self._outgoing, self._faults = phones, outgoing, faults

    def register(self, app: Flask) -> None:
        app.add_url_rule("/", view_func=self.page)
        app.add_url_rule("/messages", view_func=self.messages)
        app.add_url_rule("/inbound", view_func=self.inbound)
        app.add_url_rule("/inbound", view_func=self.send, methods=["POST"])
        add_switches(app, "/faults", self._faults)

    def messages(self) -> dict[str, Any]:
        after = request.args.get("after", default=0, type=int)
        return {"messages": self._phones.messages(request.args.get("to"), after)}

    def inbound(self) -> dict[str, Any]:
        return {"inbound": self._outgoing.latest_inbound(100)}

    def send(self) -> Response | tuple[dict[str, Any], int]:
        body = json_body()
        sender, receiver, text = (text_field(body, name) for name in ("from", "to", "text"))
        ids = self._outgoing.add_inbound(sender, receiver, text)
        return ({"id": ids[0], "parts": len(ids)}, 202) if request.is_json else redirect("/", 303)

    def page(self) -> str:
        phone_rows = [
            (m["id"], m["received_at"], m["to"], m["from"], m["text"], m["receipt"]) for m in self._phones.latest(200)
        ]
        member_rows = [
            (m["id"], m["from"], m["to"], m["text"], m["sent_at"]) for m in self._outgoing.latest_inbound(50)
        ]
        return render_page(
            "短信中心 SMS centre",
            "商城发到手机的短信。 What the mall has sent to phones. JSON: /messages?to=&after=",
            [
                Table("手机收到的 Received by phones", PHONE_COLUMNS, phone_rows),
                Table("会员发出的 Sent by members", MEMBER_COLUMNS, member_rows),
            ],
            [Form("/inbound", "以会员身份发送 Send as a member", FIELDS)],
        )
