"""What Alipay's methods do at the till: each takes the biz_content and gives the fields of its response."""

import time
from typing import Any

from deploy.sandbox.alipay import answers, refusal
from deploy.sandbox.alipay.expiry import expires_at
from deploy.sandbox.alipay.messages import closed_notice, refund_notice
from deploy.sandbox.store import Store
from deploy.sandbox.till import trades as till
from deploy.sandbox.till.money import fen
from deploy.sandbox.till.notices import Notices
from deploy.sandbox.till.trades import WAITING, Record, Trades

Content = dict[str, Any]


class Desk:
    """Everything here raises refusal.Refused."""

    def __init__(self, store: Store, trades: Trades, notices: Notices) -> None:
        self._store, self._trades, self._notices = store, trades, notices

    def open(self, asked: dict[str, str], content: Content) -> Record:
        """The trade of this out_trade_no, made if new."""
        number, subject = str(content.get("out_trade_no") or ""), str(content.get("subject") or "")
        if not number or not subject:
            raise refusal.invalid_parameter("out_trade_no, subject")
        try:
            total_fen, expiry = fen(content.get("total_amount")), expires_at(content, time.time())
        except ValueError as error:
            raise refusal.invalid_parameter(str(error)) from error
        urls = {name: asked.get(name, "") for name in ("notify_url", "return_url")}
        try:
            return self._trades.open(number, total_fen, subject, expiry, {**content, "method": asked["method"]}, **urls)
        except till.Refused as refused:
            raise refusal.of_till(refused, differs=refusal.context_inconsistent()) from refused

    def query(self, content: Content) -> dict[str, str]:
        return answers.queried(self._trade(content))

    def close(self, content: Content) -> dict[str, str]:
        """Only what nobody has paid, and once."""
        with self._store.transaction():
            trade = self._trade(content)
            if trade["status"] != WAITING:
                raise refusal.trade_status_error()
            self._trades.close(trade["number"])
        return answers.closed(trade)

    def refund(self, content: Content) -> dict[str, str]:
        """Partial ones as often as the amount allows, each once per out_request_no of its trade."""
        try:
            amount_fen = fen(content.get("refund_amount"))
        except ValueError as error:
            raise refusal.invalid_parameter(str(error)) from error
        with self._store.transaction():
            trade = self._trade(content)
            try:
                refund, is_new = self._trades.refund(
                    _request_no(content, trade, amount_fen), trade["number"], amount_fen, content
                )
            except till.Refused as refused:
                raise refusal.of_till(refused, differs=refusal.discordant_repeat()) from refused
            trade = self._trades.get(trade["number"])
            if is_new:
                self._notices.add(trade["notify_url"], refund_notice(trade, refund))
        return answers.refunded(trade, refund, is_new)

    def refund_query(self, content: Content) -> dict[str, str]:
        trade = self._trade(content)
        number = str(content.get("out_request_no") or "")
        return answers.refund_queried(trade, self._trades.find_refund(number, trade["number"]))

    def close_expired(self) -> None:
        """To be called again and again: unpaid trades close at their time, and the shop is told."""
        self._trades.close_expired(lambda trade: self._notices.add(trade["notify_url"], closed_notice(trade)))

    def _trade(self, content: Content) -> Record:
        """By trade_no, which goes first as on the real platform, or out_trade_no."""
        if not content.get("trade_no") and not content.get("out_trade_no"):
            raise refusal.invalid_parameter("out_trade_no, trade_no")
        if content.get("trade_no"):
            trade = self._trades.by_trade_no(str(content["trade_no"]))
            if trade:
                return trade
            raise refusal.Refused(*refusal.WORDS["unknown"])
        try:
            return self._trades.get(str(content["out_trade_no"]))
        except till.Refused as refused:
            raise refusal.of_till(refused) from refused


def _request_no(content: Content, trade: Record, amount_fen: int) -> str:
    """Without one, the refund is of the whole amount and known by the trade's own number."""
    if content.get("out_request_no"):
        return str(content["out_request_no"])
    if amount_fen != trade["total_fen"]:
        raise refusal.invalid_parameter("out_request_no")
    return str(trade["number"])
