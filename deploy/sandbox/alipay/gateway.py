"""/gateway.do: checks the app and its signature, then answers with signed JSON or shows the cashier."""

import json
from collections.abc import Callable

from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from deploy.sandbox.alipay import refusal
from deploy.sandbox.alipay.bill import BillDesk
from deploy.sandbox.alipay.desk import Content, Desk
from deploy.sandbox.alipay.signing import Signer, Verifier
from deploy.sandbox.control_http import say
from deploy.sandbox.settings import ALIPAY_APP_ID
from deploy.sandbox.switches import Switches
from deploy.sandbox.till.control import at_its_pace

PAGE_METHODS = ("alipay.trade.page.pay", "alipay.trade.wap.pay")


class Gateway:
    def __init__(self, desk: Desk, bill_desk: BillDesk, signer: Signer, verifier: Verifier, faults: Switches) -> None:
        self._desk, self._signer, self._verifier, self._faults = desk, signer, verifier, faults
        # method: (what it does, the switch that disturbs it)
        self._methods: dict[str, tuple[Callable[[Content], dict[str, str]], str]] = {
            "alipay.trade.query": (desk.query, "query"),
            "alipay.trade.close": (desk.close, "close"),
            "alipay.trade.refund": (desk.refund, "refund"),
            "alipay.trade.fastpay.refund.query": (desk.refund_query, "query"),
            "alipay.data.dataservice.bill.downloadurl.query": (bill_desk.address, "query"),
        }

    def register(self, app: Flask) -> None:
        app.add_url_rule("/gateway.do", view_func=self.answer, methods=["GET", "POST"])

    def answer(self) -> BaseResponse:
        asked = request.values.to_dict()
        method = asked.get("method", "")
        if method in PAGE_METHODS:
            return self._cashier(asked)
        try:
            content = self._checked(asked)
            if method not in self._methods:
                raise refusal.invalid_method()
            response = self._run(method, content)
        except refusal.Refused as refused:
            response = refused.as_response()
        say("alipay", f"{method} {response['code']} {response.get('sub_code', '')}")
        if method not in self._methods:
            return self._signed("", response)
        return at_its_pace(self._faults, self._methods[method][1], self._signed(method, response))

    def _cashier(self, asked: dict[str, str]) -> BaseResponse:
        """Like the real one, the page has an address of its own, so that reloading it asks for nothing new."""
        try:
            trade = self._desk.open(asked, self._checked(asked))
        except refusal.Refused as refused:
            say("alipay", f"{asked.get('method')} {refused.sub_code}")
            return Response(render_template("cashier_refused.html", refused=refused), 400)
        say("alipay", f"{asked['method']} {trade['number']} opened")
        return redirect(f"/cashier/{trade['token']}", 302)

    def _checked(self, asked: dict[str, str]) -> Content:
        """biz_content of a request that is the app's own. Raises Refused."""
        if asked.get("app_id") != ALIPAY_APP_ID:
            raise refusal.invalid_app_id()
        if not self._verifier.is_signed(asked):
            raise refusal.invalid_signature()
        try:
            content = json.loads(asked.get("biz_content", ""))
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise refusal.Refused("isv.invalid-parameter", "biz_content", "40002")
        return content

    def _run(self, method: str, content: Content) -> dict[str, str]:
        handle, switch = self._methods[method]
        if self._faults[switch] == "error":
            raise refusal.unavailable()
        response = handle(content)
        # Done first, then silent: the client cannot know, and has to ask or to repeat.
        self._faults.wait_while(switch, "hang")
        return response

    def _signed(self, method: str, response: dict[str, str]) -> Response:
        """The signature is over the very text of the inner object, so that text is built once."""
        name = f"{method.replace('.', '_')}_response" if method else "error_response"
        inner = json.dumps(response, ensure_ascii=False, separators=(",", ":"))
        # An unknown app has no key under which an answer could be signed.
        sign = "" if response.get("sub_code") == "isv.invalid-app-id" else self._signer.sign_text(inner)
        closing = f',"sign":"{sign}"}}' if sign else "}"
        return Response(f'{{"{name}":{inner}{closing}', content_type="application/json;charset=utf-8")
