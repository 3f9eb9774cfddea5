"""The pages a buyer sees at a desk, and the return to the shop."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from deploy.sandbox.settings import beijing_text
from deploy.sandbox.store import Store
from deploy.sandbox.till.money import yuan
from deploy.sandbox.till.notices import Notice, Notices
from deploy.sandbox.till.trades import Record, Refused, Trades

WORDS = {
    "unknown": "交易不存在",
    "differs": "与原交易信息不符",
    "closed": "交易已经关闭",
    "paid": "交易已经付款",
}


@dataclass(frozen=True)
class Refusal:
    """As the page of refusals shows it."""

    sub_code: str

    @property
    def sub_msg(self) -> str:
        return WORDS.get(self.sub_code, self.sub_code)


class Cashier:
    """``paid_notice`` makes the protocol's notice of a payment; ``return_url`` is in the trade or in the address.
    ``form_of`` is for a protocol whose buyers come back with a form: the fields of it; ``address_of(trade,
    return_url)`` for one that adds to the address."""

    def __init__(
        self,
        store: Store,
        trades: Trades,
        notices: Notices,
        paid_notice: Callable[[Record], Notice],
        form_of: Callable[[Record], dict[str, str]] | None = None,
        address_of: Callable[[Record, str], str] | None = None,
    ) -> None:
        self._store, self._trades, self._notices, self._paid_notice = store, trades, notices, paid_notice
        self._form_of, self._address_of = form_of, address_of

    def register(self, app: Flask) -> None:
        app.add_url_rule("/cashier/<token>", view_func=self.show)
        app.add_url_rule("/cashier/<token>/pay", view_func=self.pay, methods=["POST"])

    def show(self, token: str) -> BaseResponse:
        try:
            trade = self._trades.by_token(token)
        except Refused as refused:
            return refusal_page(refused.why, 404)
        back = request.args.get("redirect_url", "")
        expires = beijing_text(trade["expires_at"])
        page = render_template("cashier.html", trade=trade, amount=yuan(trade["total_fen"]), expires=expires, back=back)
        return Response(page)

    def pay(self, token: str) -> BaseResponse:
        """Paying and the promise to notify are one transaction; a second click only goes back to the shop."""
        try:
            with self._store.transaction():
                trade, paid_now = self._trades.pay(token)
                if paid_now:
                    self._notices.add(trade["notify_url"], self._paid_notice(trade))
        except Refused as refused:
            return refusal_page(refused.why, 409)
        back = request.args.get("redirect_url") or trade["return_url"]
        if back and self._form_of:
            return Response(render_template("way_back.html", url=back, fields=self._form_of(trade)))
        if back and self._address_of:
            return redirect(self._address_of(trade, back), 302)
        return redirect(back or f"/cashier/{token}", 302)


def refusal_page(why: str, status: int) -> Response:
    return Response(render_template("cashier_refused.html", refused=Refusal(why)), status)
