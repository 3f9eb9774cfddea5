"""What partners call: carriers with signed parcel news, payment providers with signed notices, and partners that switch
things on.

The raw request goes to the service that owns the partner's protocol; it verifies, dedupes and applies it.
"""

from typing import Any

from flask import Response, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from gateway import notices
from gateway.blueprints import MallBlueprint
from gateway.requests import rpc
from services.chassis.refusal import Refused
from services.logistics import contract as logistics
from services.orders import contract as orders

blueprint = MallBlueprint("callbacks", __name__, url_prefix="/callbacks", description="Partners' callbacks")

SIGNATURE_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
SIGNATURE_PARAMETERS = [
    {"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in SIGNATURE_HEADERS
]
ANY_JSON = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
ANY_NOTICE = {
    "required": True,
    "content": {media_type: {"schema": {"type": "object"}} for media_type in (notices.FORM, notices.JSON)},
}
A_WORD = {"type": "string", "enum": ["success", "failure", "ok"]}


@blueprint.route("/carriers/<name:carrier>", methods=["POST"])
@blueprint.doc(parameters=SIGNATURE_PARAMETERS, requestBody=ANY_JSON)
@blueprint.refuses(logistics.RECORD_CARRIER_CALLBACK)
@blueprint.response(200, logistics.CallbackRecorded)
def carrier_callback(carrier: str) -> Any:
    """A parcel event, signed as Standard Webhooks says. Repeats, late and reordered events are welcome."""
    webhook_id, timestamp, signature = _signature_of_request(logistics.SIGNATURE_INVALID)
    callback = {
        "carrier": carrier,
        "webhook_id": webhook_id,
        "webhook_timestamp": timestamp,
        "webhook_signature": signature,
        "body": _text_body(),
    }
    return rpc(f"carrier:{carrier}").call(logistics.RECORD_CARRIER_CALLBACK, callback)


@blueprint.route("/provisioning/<name:provisioner>", methods=["POST"])
@blueprint.doc(parameters=SIGNATURE_PARAMETERS, requestBody=ANY_JSON)
@blueprint.refuses(orders.RECORD_PROVISIONING_CALLBACK)
@blueprint.response(200, orders.ProvisioningRecorded)
def provisioning_callback(provisioner: str) -> Any:
    """What became of an operation, signed as Standard Webhooks says. Repeats, late and reordered ones are welcome."""
    webhook_id, timestamp, signature = _signature_of_request(orders.CALLBACK_NOT_GENUINE)
    callback = {
        "provisioner": provisioner,
        "webhook_id": webhook_id,
        "webhook_timestamp": timestamp,
        "webhook_signature": signature,
        "body": _text_body(),
    }
    return rpc(f"provisioner:{provisioner}").call(orders.RECORD_PROVISIONING_CALLBACK, callback)


@blueprint.route("/payments/<name:provider>", methods=["POST"])
@blueprint.doc(requestBody=ANY_NOTICE)
@blueprint.alt_response(204, description="Taken, to a provider that wants no word")
@blueprint.alt_response(401, content_type="text/plain", description="The notice is not genuine, in the provider's word")
@blueprint.alt_response(404, "NOT_FOUND")
@blueprint.alt_response(409, content_type="text/plain", description="Not applied, to a provider that looks at statuses")
@blueprint.alt_response(413, "REQUEST_ENTITY_TOO_LARGE")
@blueprint.alt_response(415, "UNSUPPORTED_MEDIA_TYPE")
@blueprint.alt_response(422, "UNPROCESSABLE_ENTITY")
@blueprint.response(200, A_WORD, content_type="text/plain")
def payment_notice(provider: str) -> Any:
    """A payment notice as the provider's protocol has it; answered with the word that stops, or keeps up, its
    repetition there."""
    manners = notices.manners_of(provider)
    if request.mimetype != manners.media_type:
        raise UnsupportedMediaType()
    try:
        rpc(f"provider:{provider}").call(orders.RECORD_PAYMENT_NOTICE, {"provider": provider, **_letter(manners)})
    except Refused as refusal:
        return _said(manners.to_refusal(refusal))
    return _said(manners.taken)


def _letter(manners: notices.Manners) -> dict[str, Any]:
    if manners.media_type == notices.FORM:
        return {"fields_received": request.form.to_dict()}
    headers = {name: request.headers.get(name, "") for name in manners.signed_headers}
    return {"headers_received": headers, "body": _text_body()}


def _said(word: notices.Word) -> Response:
    return Response(word.text, word.status, mimetype=word.media_type)


def _signature_of_request(missing: str) -> tuple[str, ...]:
    values = tuple(request.headers.get(name, "") for name in SIGNATURE_HEADERS)
    if not all(values):
        raise Refused(missing, f"the headers {', '.join(SIGNATURE_HEADERS)} are needed")
    return values


def _text_body() -> str:
    try:
        return request.get_data(cache=False).decode()
    except UnicodeDecodeError:
        raise BadRequest("the body is not UTF-8") from None
