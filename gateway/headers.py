"""Security headers of every answer, and no storing of what is not said to be storable."""

from flask import Flask, Response, g
from secure import ContentSecurityPolicy, ReferrerPolicy, Secure, StrictTransportSecurity, XContentTypeOptions

A_YEAR_S = 31_536_000


def register(app: Flask) -> None:
    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in SECURITY.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", _storing(response))
        return response


def for_everybody(seconds: int) -> None:
    """This answer, if it is one, is the same for all who ask, and may be handed on for so long."""
    g.public_s = seconds


def _storing(response: Response) -> str:
    """What is refused, or went wrong, is nothing to be kept."""
    return f"public, max-age={g.public_s}" if "public_s" in g and response.status_code in (200, 304) else "no-store"


def _policy() -> ContentSecurityPolicy:
    return (
        ContentSecurityPolicy()
        .default_src("'self'")
        .img_src("'self'", "data:")
        .object_src("'none'")
        .base_uri("'none'")
        .form_action("'self'")
        .frame_ancestors("'none'")
    )


SECURITY = dict(
    Secure(
        csp=_policy(),
        hsts=StrictTransportSecurity().max_age(A_YEAR_S).include_subdomains(),
        xcto=XContentTypeOptions().nosniff(),
        referrer=ReferrerPolicy().no_referrer(),
    ).headers
)
