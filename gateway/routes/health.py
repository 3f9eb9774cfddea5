"""Whether this gateway lives and is ready, for load balancers."""

from typing import Any

from flask import request

from gateway.blueprints import MallBlueprint

blueprint = MallBlueprint("health", __name__, description="Liveness and readiness")


@blueprint.route("/healthz")
@blueprint.response(200)
def healthz() -> Any:
    return {"status": "alive"}


@blueprint.route("/readyz")
@blueprint.response(200)
@blueprint.alt_response(503, success=False)
def readyz() -> Any:
    problems = request.environ["mall.health"].problems()
    return {"status": "not ready" if problems else "ready", **problems}, 503 if problems else 200
