"""The member's own profile."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.requests import request_id_for, rpc
from services.chassis.schemas import Request, choice, text
from services.members import contract as members

blueprint = MallBlueprint("me", __name__, url_prefix="/v1/me", description="The signed-in member")


class ProfileChange(Request):
    """Fields left out stay as they are."""

    name = text(80, allow_none=True)
    email = text(254, allow_none=True)
    language = choice(*members.LANGUAGES, allow_none=True)


@blueprint.route("", methods=["GET"])
@blueprint.signed_in
@blueprint.refuses(members.GET_MEMBER)
@blueprint.response(200, members.Profile)
def get_me() -> Any:
    """Who is signed in."""
    return rpc(g.identity.actor).call(members.GET_MEMBER, {"member_id": g.identity.member_id})


@blueprint.route("/credit", methods=["GET"])
@blueprint.signed_in
@blueprint.refuses(members.GET_CREDIT)
@blueprint.response(200, members.Credit)
def get_credit() -> Any:
    """What the member's trades say, and whether cash on delivery is offered, with the reasons."""
    return rpc(g.identity.actor).call(members.GET_CREDIT, {"member_id": g.identity.member_id})


@blueprint.route("", methods=["PATCH"])
@blueprint.signed_in
@blueprint.idempotent
@blueprint.arguments(ProfileChange, example={"name": "李雷", "language": "zh"})
@blueprint.refuses(members.UPDATE_PROFILE)
@blueprint.response(200, members.Member)
def update_me(body: dict[str, Any]) -> Any:
    """Change name, e-mail or language."""
    member_id = g.identity.member_id
    request = {"request_id": request_id_for(member_id), "member_id": member_id, **body}
    return rpc(g.identity.actor).call(members.UPDATE_PROFILE, request)
