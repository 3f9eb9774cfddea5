"""Paying the cash part of an order, and the page to which the provider sends the buyer back."""

from typing import Any

from flask import Response, current_app, g

from gateway.blueprints import MallBlueprint
from gateway.problems import language
from gateway.requests import request_id_for, rpc
from services.orders import contract as orders

blueprint = MallBlueprint("payments", __name__, url_prefix="/v1", description="Payments")

RETURN_TEXT = {
    "zh": "支付已提交。结果以订单状态为准，您可以关闭本页。",
    "en": "The payment was submitted. The order's status tells the result; you can close this page.",
}


@blueprint.route("/orders/<id('ord'):order_id>/payments", methods=["POST"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.refuses(orders.START_PAYMENT)
@blueprint.response(201, orders.PaymentStarted)
def start_payment(order_id: str) -> Any:
    """Start paying: pay_url is the provider's page for the buyer's browser."""
    request = {
        "request_id": request_id_for(g.identity.member_id),
        "member_id": g.identity.member_id,
        "order_id": order_id,
        "return_url": current_app.config["SETTINGS"].public_url + "/v1/payments/return",
    }
    return rpc(g.identity.actor).call(orders.START_PAYMENT, request)


@blueprint.route("/payments/return", methods=["GET"])
@blueprint.response(200, content_type="text/html")
def come_back() -> Any:
    """Where the provider sends the browser. It proves nothing: the provider's signed notice decides."""
    reader = language()
    head = f'<!doctype html><html lang="{reader}"><meta charset="utf-8"><title>积分商城</title>'
    return Response(f"{head}<p>{RETURN_TEXT[reader]}</p>", mimetype="text/html", headers={"Vary": "Accept-Language"})
