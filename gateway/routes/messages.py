"""The member's inbox."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.pages import limit_field
from gateway.requests import request_id_for, rpc
from services.chassis.schemas import Request, text
from services.notifications import contract as notifications

blueprint = MallBlueprint("messages", __name__, url_prefix="/v1/messages", description="Inbox")


class InboxQuery(Request):
    limit = limit_field()
    cursor = text(200, allow_none=True)


@blueprint.route("", methods=["GET"])
@blueprint.signed_in
@blueprint.arguments(InboxQuery, location="query")
@blueprint.refuses(notifications.LIST_INBOX)
@blueprint.response(200, notifications.InboxPage)
def list_messages(query: dict[str, Any]) -> Any:
    """Messages, newest first."""
    return rpc(g.identity.actor).call(notifications.LIST_INBOX, {"member_id": g.identity.member_id, **query})


@blueprint.route("/<id('msg'):message_id>/read-mark", methods=["PUT"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.refuses(notifications.MARK_READ)
@blueprint.response(200, notifications.InboxMessage)
def mark_read(message_id: str) -> Any:
    """The member has read the message. Reading twice changes nothing more."""
    request = {
        "request_id": request_id_for(g.identity.member_id),
        "member_id": g.identity.member_id,
        "message_id": message_id,
    }
    return rpc(g.identity.actor).call(notifications.MARK_READ, request)
