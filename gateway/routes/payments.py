"""Paying the cash part of an order, and the page to which the provider sends the buyer back."""

from typing import Any

import flask
from flask import Response, current_app, g

from gateway.blueprints import MallBlueprint
from gateway.posting_page import posting_page
from gateway.problems import language
from gateway.requests import request_id_for, rpc
from services.chassis.bus.faults import RpcFault
from services.chassis.ids import new_id
from services.chassis.refusal import Refused
from services.chassis.schemas import Request, choice
from services.orders import contract as orders

blueprint = MallBlueprint("payments", __name__, url_prefix="/v1", description="Payments")

RETURN = "/payments/<id('pay'):payment_id>/return"
SUBMITTED = {
    "zh": "支付已提交。结果以订单状态为准，您可以关闭本页。",
    "en": "The payment was submitted. The order's status tells the result; you can close this page.",
}
PAID = {
    "zh": "支付成功，您可以关闭本页。",
    "en": "The payment has arrived; you can close this page.",
}


class ChosenProvider(Request):
    """Without one it is the provider that was named with the order, or chosen since."""

    may_be_left_out = True
    provider = choice(*orders.PROVIDERS, allow_none=True)


PROVIDER_CHOSEN = {"provider": "mobile"}


@blueprint.route("/orders/<id('ord'):order_id>/payments", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(ChosenProvider, required=False, example=PROVIDER_CHOSEN)
@blueprint.refuses(orders.START_PAYMENT)
@blueprint.response(201, orders.PaymentStarted)
def start_payment(body: dict[str, Any], order_id: str) -> Any:
    """Start paying with alipay, bank (UnionPay) or mobile (WeChat Pay): pay_url is the page for the buyer's browser.
    The provider can be changed until it is paid; what is paid twice all the same goes back. An order that was placed
    with others is paid with them."""
    return rpc(g.identity.actor).call(orders.START_PAYMENT, to_start(body, order_id=order_id))


def to_start(body: dict[str, Any], **what: str) -> dict[str, Any]:
    """The request for a payment of ``what``, an order or a purchase, by whoever asks."""
    return {
        "request_id": request_id_for(g.identity.member_id),
        "member_id": g.identity.member_id,
        **what,
        "return_url": _return_url(),
        **body,
    }


@blueprint.route("/payments/<id('pay'):payment_id>/cashier", methods=["GET"])
@blueprint.refuses(orders.GET_CASHIER)
@blueprint.alt_response(302, description="The provider's cashier")
@blueprint.response(200, content_type="text/html")
def cashier(payment_id: str) -> Any:
    """For the buyer's browser: on to the provider's cashier, by a redirect or by a form that posts itself. Whoever has
    the address can pay, and nothing else."""
    wanted = {"payment_id": payment_id, "return_url": _return_url(), "buyer_ip": flask.request.remote_addr or ""}
    opened = rpc().call(orders.GET_CASHIER, wanted)
    if not opened.get("form"):
        return Response(status=302, headers={"Location": opened["url"]})
    return posting_page(opened["url"], opened["form"], language())


def _return_url() -> str:
    """Orders puts the payment in."""
    return str(current_app.config["SETTINGS"].public_url + "/v1/payments/{payment_id}/return")


@blueprint.route(RETURN, methods=["GET"])
@blueprint.response(200, content_type="text/html")
def come_back(payment_id: str) -> Any:
    """Where the provider sends the browser. What it brings along proves nothing and is passed over: the provider is
    asked, and its signed notice comes besides."""
    return _return_page(payment_id)


@blueprint.route(RETURN, methods=["POST"])
@blueprint.response(200, content_type="text/html")
def come_back_with_form(payment_id: str) -> Any:
    """The same for UnionPay, which lets the browser post a form."""
    return _return_page(payment_id)


def _return_page(payment_id: str) -> Response:
    reader, words = language(), PAID if _is_paid(payment_id) else SUBMITTED
    head = f'<!doctype html><html lang="{reader}"><meta charset="utf-8"><title>积分商城</title>'
    return Response(f"{head}<p>{words[reader]}</p>", mimetype="text/html", headers={"Vary": "Accept-Language"})


def _is_paid(payment_id: str) -> bool:
    """False also while nobody knows: the page then says that the order will tell."""
    asked = {"request_id": new_id("req"), "payment_id": payment_id}
    try:
        return bool(rpc().call(orders.RESOLVE_PAYMENT, asked)["status"] == "captured")
    except (Refused, RpcFault):
        return False
