"""The API's page: Swagger UI from this machine, without any inline script or style, and the document it shows."""

from pathlib import Path

import flask_swagger_ui
from flask import Flask, Response, request, send_from_directory
from flask_smorest import Api

from gateway.links import with_links
from services.chassis.bus.wire import encode

HERE = Path(__file__).parent
SWAGGER_FILES = Path(flask_swagger_ui.__file__).parent / "dist"
A_DAY_S = 86_400


def register(app: Flask, api: Api) -> None:
    """After all routes: the document is rendered once."""
    document = encode(with_links(api.spec.to_dict()))

    @app.get("/openapi.json")
    def openapi_document() -> Response:
        response = Response(document, mimetype="application/json", headers={"Cache-Control": "no-cache"})
        response.add_etag()
        response.make_conditional(request)
        return response

    @app.get("/docs")
    def docs_page() -> Response:
        return send_from_directory(HERE, "index.html")

    @app.get("/docs/start.js")
    def docs_start() -> Response:
        return send_from_directory(HERE, "start.js")

    @app.get("/docs/assets/<path:name>")
    def docs_asset(name: str) -> Response:
        return send_from_directory(SWAGGER_FILES, name, max_age=A_DAY_S)
