"""Signing in by a code sent to the phone, and the sessions that come of it."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.identity import forget_session
from gateway.problems import language
from gateway.requests import request_id_for, rpc
from services.chassis.schemas import Request, choice, text
from services.members import contract as members

blueprint = MallBlueprint("sign_in", __name__, url_prefix="/v1", description="Codes and sessions")


class CodeWanted(Request):
    phone = text(20, metadata={"examples": ["13800138000"]})


class CodeGiven(Request):
    phone = text(20, metadata={"examples": ["13800138000"]})
    code = text(12, metadata={"examples": ["123456"]})
    channel = choice("web", "wap", "app", load_default="web")
    device = text(200, shortest=0, load_default="")


@blueprint.route("/sign-in-codes", methods=["POST"])
@blueprint.idempotent
@blueprint.arguments(CodeWanted, example={"phone": "13800138000"})
@blueprint.refuses(members.SEND_SIGN_IN_CODE)
@blueprint.response(201, members.CodeSent)
def send_code(body: dict[str, Any]) -> Any:
    """Send a one-time code by SMS. The answer is the same whether the number is known or not."""
    request = {"request_id": request_id_for(body["phone"]), "phone": body["phone"], "language": language()}
    return rpc().call(members.SEND_SIGN_IN_CODE, request)


@blueprint.route("/sessions", methods=["POST"])
@blueprint.idempotent
@blueprint.arguments(CodeGiven, example={"phone": "13800138000", "code": "123456"})
@blueprint.refuses(members.SIGN_IN)
@blueprint.response(201, members.SignedIn)
def sign_in(body: dict[str, Any]) -> Any:
    """Sign in with the code; a number that is not a member's yet becomes one. The token is shown only here."""
    request = {"request_id": request_id_for(body["phone"]), **body, "device": body["device"] or "unknown"}
    return rpc().call(members.SIGN_IN, request)


@blueprint.route("/sessions", methods=["GET"])
@blueprint.signed_in
@blueprint.refuses(members.LIST_SESSIONS)
@blueprint.response(200, members.Sessions)
def list_sessions() -> Any:
    """The member's open sessions."""
    return rpc(g.identity.actor).call(members.LIST_SESSIONS, {"member_id": g.identity.member_id})


@blueprint.route("/sessions/<id('ses', 'current'):session_id>", methods=["DELETE"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.refuses(members.REVOKE_SESSION, statuses={members.SESSION_UNKNOWN: 404})
@blueprint.response(200, members.SessionRevoked)
def revoke_session(session_id: str) -> Any:
    """Sign out a session of the member; "current" is the one that asks."""
    wanted = g.identity.session_id if session_id == "current" else session_id
    request = {
        "request_id": request_id_for(g.identity.member_id),
        "member_id": g.identity.member_id,
        "session_id": wanted,
    }
    revoked = rpc(g.identity.actor).call(members.REVOKE_SESSION, request)
    if wanted == g.identity.session_id:
        forget_session()
    return revoked
