"""Routes that document what they need: a session, an idempotency key, strict input."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

import orjson
from flask import Request, g
from flask_smorest import Blueprint
from marshmallow import RAISE
from webargs.core import missing
from webargs.flaskparser import FlaskParser, abort

from gateway import requests
from gateway.documents import IDEMPOTENCY_HEADER
from gateway.identity import identify


class StrictParser(FlaskParser):
    """Unknown fields are refused everywhere; a body is JSON and says so; nonsense is 400, never 500."""

    DEFAULT_UNKNOWN_BY_LOCATION: ClassVar[dict[str, str | None]] = {  # type: ignore[misc]
        "json": None,
        "query": RAISE,
        "path": RAISE,
    }

    def _raw_load_json(self, req: Request) -> Any:
        body = req.get_data(cache=True)
        if not body:
            return missing
        if not req.is_json:
            abort(415)
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as problem:
            abort(400, exc=problem, messages={"json": [str(problem)]}, code="request.malformed")


class MallBlueprint(Blueprint):
    ARGUMENTS_PARSER = StrictParser()

    def signed_in(self, view: Callable) -> Callable:
        """For members: ``g.identity`` says who asks; without a session the answer is 401."""

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.identity = identify()
            return view(*args, **kwargs)

        documented = self.doc(security=[{"session": []}])(guarded)
        return self.alt_response(401, success=False)(documented)

    def idempotent(self, view: Callable) -> Callable:
        """A write: needs an Idempotency-Key, which the view turns into a request id."""

        @wraps(view)
        def keyed(*args: Any, **kwargs: Any) -> Any:
            requests.request_id_for("")  # a missing or malformed key is said before anything else is done
            return view(*args, **kwargs)

        return self.doc(parameters=[IDEMPOTENCY_HEADER])(keyed)
