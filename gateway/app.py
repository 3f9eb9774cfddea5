"""The Flask application: routes, problem+json errors, the OpenAPI document and its offline page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask_swagger_ui
from flask import Flask, Response, send_from_directory
from flask.json.provider import JSONProvider
from flask_smorest import Api
from secure import ContentSecurityPolicy, ReferrerPolicy, Secure, StrictTransportSecurity, XContentTypeOptions

from gateway import documents, problems, requests
from gateway.routes import ALL_BLUEPRINTS
from gateway.settings import GatewaySettings
from services.chassis.bus.wire import decode, encode

SWAGGER_FILES = Path(flask_swagger_ui.__file__).parent / "dist"


class FastJson(JSONProvider):
    def dumps(self, obj: Any, **_options: Any) -> str:
        return encode(obj).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        return decode(s)


class MallApi(Api):
    ERROR_SCHEMA = problems.Problem
    DEFAULT_ERROR_RESPONSE_NAME = "Problem"

    def handle_http_exception(self, error: Any) -> Any:
        return problems.of_http_error(error)


def create_app(read_settings: Callable[[], GatewaySettings]) -> Flask:
    app = Flask("gateway", static_folder=None)
    app.json_provider_class = FastJson
    app.json = FastJson(app)
    app.config.update(documents.OPENAPI_SETTINGS, SETTINGS=read_settings(), PROPAGATE_EXCEPTIONS=False)
    api = MallApi(app)
    documents.describe(api)
    for blueprint in ALL_BLUEPRINTS:
        api.register_blueprint(blueprint)
    problems.register(app)
    requests.register(app)
    _serve_documents(app)
    _secure(app)
    return app


def _serve_documents(app: Flask) -> None:
    @app.get("/docs/assets/<path:name>")
    def docs_asset(name: str) -> Response:
        return send_from_directory(SWAGGER_FILES, name, max_age=86_400)


def _secure(app: Flask) -> None:
    policy = (
        ContentSecurityPolicy()
        .default_src("'self'")
        .img_src("'self'", "data:")
        .object_src("'none'")
        .base_uri("'none'")
        .frame_ancestors("'none'")
    )
    headers = dict(
        Secure(
            csp=policy,
            hsts=StrictTransportSecurity().max_age(31_536_000).include_subdomains(),
            xcto=XContentTypeOptions().nosniff(),
            referrer=ReferrerPolicy().no_referrer(),
        ).headers
    )

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
