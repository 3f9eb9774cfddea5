"""The pages a buyer sees, and the return to the shop."""

import time
from urllib.parse import urlencode

from flask import Flask, Response, redirect, render_template
from werkzeug.wrappers import Response as BaseResponse

from deploy.sandbox.alipay import refusal
from deploy.sandbox.alipay.money import yuan
from deploy.sandbox.alipay.notices import Notices
from deploy.sandbox.alipay.signing import Signer
from deploy.sandbox.alipay.trades import Record, Trades
from deploy.sandbox.settings import ALIPAY_APP_ID, ALIPAY_SELLER_ID, beijing_text
from deploy.sandbox.store import Store


class Cashier:
    def __init__(self, store: Store, trades: Trades, notices: Notices, signer: Signer) -> None:
        self._store, self._trades, self._notices, self._signer = store, trades, notices, signer

    def register(self, app: Flask) -> None:
        app.add_url_rule("/cashier/<token>", view_func=self.show)
        app.add_url_rule("/cashier/<token>/pay", view_func=self.pay, methods=["POST"])

    def show(self, token: str) -> BaseResponse:
        try:
            trade = self._trades.by_token(token)
        except refusal.Refused as refused:
            return _refusal_page(refused, 404)
        return Response(
            render_template(
                "cashier.html", trade=trade, amount=yuan(trade["total_fen"]), expires=beijing_text(trade["expires_at"])
            )
        )

    def pay(self, token: str) -> BaseResponse:
        """Paying and the promise to notify are one transaction; a second click only goes back to the shop."""
        try:
            with self._store.transaction():
                trade, paid_now = self._trades.pay(token)
                if paid_now:
                    self._notices.add(trade)
        except refusal.Refused as refused:
            return _refusal_page(refused, 409)
        if not trade["return_url"]:
            return redirect(f"/cashier/{token}", 302)
        return redirect(self._return_address(trade), 302)

    def _return_address(self, trade: Record) -> str:
        form = self._signer.signed(
            {
                "app_id": ALIPAY_APP_ID,
                "auth_app_id": ALIPAY_APP_ID,
                "charset": "utf-8",
                "method": f"{trade['method']}.return",
                "out_trade_no": trade["out_trade_no"],
                "seller_id": ALIPAY_SELLER_ID,
                "timestamp": beijing_text(time.time()),
                "total_amount": yuan(trade["total_fen"]),
                "trade_no": trade["trade_no"],
                "version": "1.0",
            }
        )
        joint = "&" if "?" in trade["return_url"] else "?"
        return f"{trade['return_url']}{joint}{urlencode(form)}"

    def close_expired(self) -> None:
        """To be called again and again: unpaid trades close at their time and the shop is told."""
        for trade in self._trades.expired():
            with self._store.transaction():
                try:
                    self._trades.close({"trade_no": trade["trade_no"]})
                except refusal.Refused:
                    continue  # paid or closed since the list was made
                self._notices.add(self._trades.get(trade))


def _refusal_page(refused: refusal.Refused, status: int) -> Response:
    return Response(render_template("cashier_refused.html", refused=refused), status)
