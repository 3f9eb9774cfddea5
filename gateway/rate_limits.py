"""Who asks too often is answered 429: counted by address before anything else, by caller as soon as that is known.

RateLimit and RateLimit-Policy of every counted answer say what is left (IETF draft "RateLimit header fields for HTTP").
Each process counts for itself.
"""

import math
from ipaddress import IPv6Address, ip_address, ip_network

from flask import Flask, Response, current_app, g, request
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from gateway.rates import ADDRESS, CALLER, Rates, class_of
from gateway.windows import Windows

IPV6_NETWORK = 64  # what one household or phone has


class RateLimits:
    def __init__(self, rates: Rates, windows: Windows | None = None) -> None:
        self._rates = rates
        self._windows = Windows() if windows is None else windows
        self._limiter = FixedWindowRateLimiter(self._windows)

    def count(self, name: str, subject: str) -> tuple[bool, int, int, int]:
        """Whether there was room, how many fit a window, how many still do, and the seconds until it ends."""
        rate = self._rates[name]
        fits = self._limiter.hit(rate, name, subject)
        ends_at, left = self._limiter.get_window_stats(rate, name, subject)
        return fits, rate.amount, left, max(1, math.ceil(ends_at - self._windows.clock()))


def register(app: Flask) -> None:
    @app.before_request
    def by_address() -> None:
        g.counted = []
        _count(ADDRESS, _network_of(request.remote_addr or ""))

    @app.after_request
    def say_what_is_left(response: Response) -> Response:
        for name, amount, left, seconds in g.get("counted", ()):
            response.headers.add("RateLimit-Policy", f'"{name}";q={amount};w=60')
            response.headers.add("RateLimit", f'"{name}";r={left};t={seconds}')
        return response


def count_caller(caller: str) -> None:
    """One more request of this member or staff key; answers 429 when that is too many."""
    _count(CALLER, caller)


def _count(by: str, subject: str) -> None:
    kind = class_of(request.method, request.path)
    if kind is None:
        return
    name, limits = f"{kind}.{by}", current_app.config["RATE_LIMITS"]
    fits, amount, left, seconds = limits.count(name, subject)
    g.counted.append((name, amount, left, seconds))
    if not fits:
        raise TooManyRequests(retry_after=seconds)


def _network_of(address: str) -> str:
    """An IPv6 client has many addresses at will: its network counts."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    return str(found.ipv4_mapped or ip_network((found, IPV6_NETWORK), strict=False))
