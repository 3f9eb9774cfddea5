"""How often one may ask, as configuration: classes of requests, each with a limit for a caller and for an address."""

import re
from collections.abc import Mapping

from limits import RateLimitItem, RateLimitItemPerMinute

SIGN_IN, WRITE, READ, CALLBACK, OPS = "sign_in", "write", "read", "callback", "ops"
CALLER, ADDRESS = "caller", "address"

# A minute of each. Thousands of subscribers may share one address of the operator's network.
USUAL_RATES = {
    f"{SIGN_IN}.{ADDRESS}": 600,
    f"{WRITE}.{CALLER}": 120,
    f"{WRITE}.{ADDRESS}": 6_000,
    f"{READ}.{CALLER}": 1_200,
    f"{READ}.{ADDRESS}": 30_000,
    f"{CALLBACK}.{ADDRESS}": 12_000,
    f"{OPS}.{CALLER}": 1_200,
    f"{OPS}.{ADDRESS}": 12_000,
}
UNLIMITED = ("/healthz", "/readyz")
SIGNING_IN = ("/v1/sign-in-codes", "/v1/sessions")
OF_STAFF = re.compile(r"/v1/(ops|finance|merchant|hall)(/|\Z)")
WRITING = ("POST", "PUT", "PATCH", "DELETE")

Rates = Mapping[str, RateLimitItem]


def class_of(method: str, path: str) -> str | None:
    """Which class a request belongs to, whether or not there is such a route; None: it is not limited."""
    if path in UNLIMITED:
        return None
    if path.startswith("/callbacks/"):
        return CALLBACK
    if OF_STAFF.match(path):
        return OPS
    if method == "POST" and path in SIGNING_IN:
        return SIGN_IN
    return WRITE if method in WRITING else READ


def rates_of(chosen: Mapping[str, int], share: float) -> Rates:
    """The usual rates with what ``chosen`` says instead, all times ``share``; no limit is below one a minute."""
    return {
        name: RateLimitItemPerMinute(max(1, round(amount * share)))
        for name, amount in {**USUAL_RATES, **chosen}.items()
    }
