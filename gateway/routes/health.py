"""Whether this gateway lives and is ready, for load balancers."""

from typing import Any

from flask import request
from marshmallow import Schema, fields

from gateway.blueprints import MallBlueprint
from gateway.problems import respond

blueprint = MallBlueprint("health", __name__, description="Liveness and readiness")


class Health(Schema):
    status = fields.String(required=True, metadata={"examples": ["ready"]})


@blueprint.route("/healthz")
@blueprint.response(200, Health)
def healthz() -> Any:
    """The process answers."""
    return {"status": "alive"}


@blueprint.route("/readyz")
@blueprint.response(200, Health)
def readyz() -> Any:
    """The process can serve: it is connected and not about to stop."""
    problems = request.environ["mall.health"].problems()
    if request.environ.get("mall.draining"):
        problems = {"process": "stopping", **problems}
    if problems:
        return respond(503, "gateway.not_ready", "", {"Retry-After": "1"}, details=problems)
    return {"status": "ready"}
