"""Routes that say what they need and what they answer: a session, an idempotency key, strict input, refusals.

Every decorator both does its work and documents the statuses that come of it.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import current_app, g
from flask_smorest import Blueprint
from marshmallow import Schema

from gateway.bodies import StrictParser
from gateway.documents import IDEMPOTENCY_HEADER
from gateway.headers import for_everybody
from gateway.identity import identify
from gateway.rate_limits import count_caller
from gateway.rates import class_of
from gateway.requests import require_key
from gateway.staff import identify_staff
from gateway.statuses import status_of
from services.chassis.contract import Call
from services.chassis.refusal import INVALID_REQUEST, KEY_REUSED

View = Callable[..., Any]


class MallBlueprint(Blueprint):
    ARGUMENTS_PARSER = StrictParser()

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        register = super().route(rule, **options)
        statuses = [400, 503] + ([404] if "<" in rule else [])
        said: dict[str, Any] = {}
        if kind := class_of(options.get("methods", ["GET"])[0], f"{self.url_prefix or ''}{rule}"):
            statuses, said = [*statuses, 429], {"x-rate-class": kind}
        return lambda view: register(self.doc(operationId=view.__name__, **said)(self._answering(statuses)(view)))

    def signed_in(self, view: View) -> View:
        """For members: ``g.identity`` says who asks; without a session the answer is 401."""

        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.identity = identify()
            count_caller(g.identity.member_id)
            return view(*args, **kwargs)

        return self._answering([401])(self.doc(security=[{"session": []}])(guarded))

    def for_staff(self, role: str) -> Callable[[View], View]:
        """For staff of ``role``: ``g.staff`` says who asks; 401 without a key, 403 for another role.

        With ``merchant``, ``g.staff.merchant_id`` is the merchant whose counter asks, with ``hall``
        ``g.staff.place_id`` the business hall. Neither may come from the request.
        """

        def decorate(view: View) -> View:
            @wraps(view)
            def guarded(*args: Any, **kwargs: Any) -> Any:
                g.staff = identify_staff(role)
                count_caller(g.staff.key_id)
                return view(*args, **kwargs)

            return self._answering([401, 403])(self.doc(security=[{"staff": []}], **{"x-role": role})(guarded))

        return decorate

    def public(self, seconds: int) -> Callable[[View], View]:
        """The same for everybody, and good for so long: caches may hand it on, and the gateway itself does."""

        def decorate(view: View) -> View:
            @wraps(view)
            def told(*args: Any, **kwargs: Any) -> Any:
                for_everybody(seconds)
                return view(*args, **kwargs)

            return told

        return decorate

    def idempotent(self, view: View) -> View:
        """A write: needs an Idempotency-Key, which the view turns into a request id."""

        @wraps(view)
        def keyed(*args: Any, **kwargs: Any) -> Any:
            require_key()  # a missing or malformed key is said before anything else is done
            return view(*args, **kwargs)

        return self._answering([400, status_of(KEY_REUSED)])(self.doc(parameters=[IDEMPOTENCY_HEADER])(keyed))

    def arguments(self, schema: type[Schema], location: str = "json", **options: Any) -> Callable[[View], View]:
        read = super().arguments(schema, location=location, **options)
        statuses = [400, 413, 415, 422] if location == "json" else [400, 422]
        return lambda view: self._answering(statuses)(read(view))

    def refuses(self, *calls: Call, statuses: dict[str, int] | None = None) -> Callable[[View], View]:
        """Which refusals come through from which calls; ``statuses`` says what a code means on this route only."""
        own = statuses or {}
        codes = {code: own.get(code) or status_of(code) for call in calls for code in call.refuses}
        codes[INVALID_REQUEST] = status_of(INVALID_REQUEST)

        def decorate(view: View) -> View:
            @wraps(view)
            def refusing(*args: Any, **kwargs: Any) -> Any:
                g.statuses = own
                return view(*args, **kwargs)

            documented = self.doc(**{"x-problem-codes": dict(sorted(codes.items()))})(refusing)
            return self._answering(codes.values())(documented)

        return decorate

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Callable[[View], View]:
        """What the view returns is a service's reply: JSON already, dumped and checked by the contract on the other
        side. The schema documents it; a second dump took 2 ms of a page of orders, four times all the rest."""
        document = super().response(status_code, schema, **options)

        def decorate(view: View) -> View:
            @wraps(view)
            def answering(*args: Any, **kwargs: Any) -> Any:
                answer = view(*args, **kwargs)
                return (current_app.json.response(answer), status_code) if isinstance(answer, dict) else answer

            return document(answering)

        return decorate

    def _answering(self, statuses: Iterable[int]) -> Callable[[View], View]:
        """Documents problems of these statuses."""

        def decorate(view: View) -> View:
            for status in statuses:
                known = getattr(view, "_apidoc", {}).get("response", {}).get("responses", {})
                if status not in known:
                    view = self.alt_response(status, HTTPStatus(status).name)(view)
            return view

        return decorate
