"""The Flask application: routes, problem+json errors, the OpenAPI document and its offline page."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.json.provider import JSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway import (
    docs_page,
    documents,
    headers,
    identifiers,
    kept_answers,
    problems,
    rate_limits,
    requests,
    sold_out,
)
from gateway.identity import Remembered
from gateway.routes import ALL_BLUEPRINTS
from gateway.settings import GatewaySettings
from services.chassis.bus.wire import decode, encode
from services.chassis.http_reading import LARGEST_BODY


class FastJson(JSONProvider):
    def dumps(self, obj: Any, **_options: Any) -> str:
        return encode(obj).decode()

    def loads(self, s: str | bytes, **_options: Any) -> Any:
        return decode(s)


def create_app(
    read_settings: Callable[[], GatewaySettings], make_caller: requests.MakeCaller = requests.caller_on_the_bus
) -> Flask:
    """``make_caller`` gives what a request calls other services with; tests script it."""
    app = Flask("gateway", static_folder=None)
    app.json = FastJson(app)
    app.url_map.merge_slashes = False  # no redirects: their Location would repeat whatever Host was sent
    settings = read_settings()
    app.config.update(
        documents.OPENAPI_SETTINGS,
        SETTINGS=settings,
        MAKE_CALLER=make_caller,
        SESSIONS=Remembered(settings.session_cache_s),
        STAFF=Remembered(settings.session_cache_s),
        SOLD_OUT=sold_out.SoldOut(settings.sold_out_cache_s),
        KEPT_ANSWERS=kept_answers.KeptAnswers(settings.public_cache_s),
        RATE_LIMITS=rate_limits.RateLimits(settings.rates),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        PROPAGATE_EXCEPTIONS=False,
    )
    kept_answers.register(app)
    identifiers.register(app)
    docs_page.register(app, _routes_of(app))
    problems.register(app)
    requests.register(app)
    rate_limits.register(app)
    headers.register(app)
    sold_out.register(app)
    if settings.proxy_hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxy_hops, x_proto=0)  # type: ignore[method-assign]
    return app


def _routes_of(app: Flask) -> documents.MallApi:
    api = documents.MallApi(app)
    identifiers.describe(api)
    documents.describe(api)
    for blueprint in ALL_BLUEPRINTS:
        api.register_blueprint(blueprint)
    return api
