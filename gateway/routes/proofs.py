"""The ledger proved: its checkpoints, which everybody may keep, and a member's own balance as a part of one."""

from typing import Any

from flask import g

from gateway.blueprints import MallBlueprint
from gateway.pages import limit_field
from gateway.requests import rpc
from services.chassis.schemas import Request, text
from services.points import contract as points

blueprint = MallBlueprint("proofs", __name__, url_prefix="/v1", description="Checkpoints and proofs")


class UnitQuery(Request):
    unit = points.in_unit()


class CheckpointsQuery(UnitQuery):
    limit = limit_field()
    cursor = text(20, load_default=None)


@blueprint.route("/ledger/checkpoints")
@blueprint.arguments(CheckpointsQuery, location="query")
@blueprint.refuses(points.LIST_CHECKPOINTS)
@blueprint.response(200, points.Checkpoints)
def list_checkpoints(query: dict[str, Any]) -> Any:
    """What the ledger was, day by day, as one hash. Keep them: what is proved later is proved against them."""
    return rpc().call(points.LIST_CHECKPOINTS, query)


@blueprint.route("/points/proof")
@blueprint.signed_in
@blueprint.arguments(UnitQuery, location="query")
@blueprint.refuses(points.GET_BALANCE_PROOF, statuses={points.ACCOUNT_UNKNOWN: 404})
@blueprint.response(200, points.BalanceProof)
def get_balance_proof(query: dict[str, Any]) -> Any:
    """The own balance and postings as a part of the newest checkpoint; a stand-alone script checks it offline."""
    return rpc(g.identity.actor).call(points.GET_BALANCE_PROOF, {"member_id": g.identity.member_id, **query})
