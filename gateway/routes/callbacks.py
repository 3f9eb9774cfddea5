"""What partners call: carriers with signed parcel news, payment providers with signed notices.

The raw request goes to the service that owns the partner's protocol; it verifies, dedupes and applies it.
"""

from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest

from gateway.blueprints import MallBlueprint
from gateway.requests import rpc
from services.chassis.refusal import Refused
from services.logistics import contract as logistics
from services.orders import contract as orders

blueprint = MallBlueprint("callbacks", __name__, url_prefix="/callbacks", description="Partners' callbacks")

SIGNATURE_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
PROVIDER_ACCEPTED, PROVIDER_REFUSED = "success", "failure"  # Alipay repeats a notice until it reads "success"


@blueprint.route("/carriers/<string:carrier>", methods=["POST"])
@blueprint.response(200, logistics.CallbackRecorded)
@blueprint.alt_response(401, success=False)
@blueprint.alt_response(404, success=False)
def carrier_callback(carrier: str) -> Any:
    """A parcel event, signed as Standard Webhooks says. Repeats, late and reordered events are welcome."""
    webhook_id, timestamp, signature = _signature_of_request()
    callback = {
        "carrier": carrier,
        "webhook_id": webhook_id,
        "webhook_timestamp": timestamp,
        "webhook_signature": signature,
        "body": _text_body(),
    }
    return rpc(f"carrier:{carrier}").call(logistics.RECORD_CARRIER_CALLBACK, callback)


@blueprint.route("/payments/<string:provider>", methods=["POST"])
@blueprint.response(200, content_type="text/plain")
@blueprint.alt_response(401, success=False)
def payment_notice(provider: str) -> Any:
    """A payment notice as the provider's protocol has it; the answer ``success`` stops its repetition."""
    notice = {"provider": provider, "fields_received": request.form.to_dict()}
    try:
        rpc(f"provider:{provider}").call(orders.RECORD_PAYMENT_NOTICE, notice)
    except Refused as refusal:
        if refusal.code == orders.PROVIDER_UNKNOWN:
            raise
        status = 401 if refusal.code == orders.NOTICE_NOT_GENUINE else 200
        return Response(PROVIDER_REFUSED, status, mimetype="text/plain")
    return Response(PROVIDER_ACCEPTED, mimetype="text/plain")


def _signature_of_request() -> tuple[str, ...]:
    values = tuple(request.headers.get(name, "") for name in SIGNATURE_HEADERS)
    if not all(values):
        raise Refused(logistics.SIGNATURE_INVALID, f"the headers {', '.join(SIGNATURE_HEADERS)} are needed")
    return values


def _text_body() -> str:
    try:
        return request.get_data(cache=False).decode()
    except UnicodeDecodeError:
        raise BadRequest("the body is not UTF-8") from None
