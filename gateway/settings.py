"""The gateway's own settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from environs import Env, validate

from gateway.rates import USUAL_RATES, Rates, rates_of
from services.chassis.settings import environment_reader, seal


@dataclass(frozen=True)
class GatewaySettings:
    """``public_url`` is where clients, partners and payment providers reach the mall; ``proxy_hops`` how many proxies
    of ours add to X-Forwarded-For before a request comes here. What is public is kept for
    ``public_cache_s`` at most."""

    public_url: str
    request_deadline_s: float
    session_cache_s: float
    sold_out_cache_s: float = 1.0
    public_cache_s: float = 0.0
    rates: Rates = field(default_factory=lambda: rates_of({}, 1.0))
    proxy_hops: int = 0


def read_gateway_settings() -> GatewaySettings:
    env = environment_reader()
    settings = GatewaySettings(
        public_url=env.str("PUBLIC_URL", "http://127.0.0.1:8000"),
        request_deadline_s=env.float("REQUEST_DEADLINE_S", 9.0),
        session_cache_s=env.float("SESSION_CACHE_S", 1.0),
        sold_out_cache_s=env.float("SOLD_OUT_CACHE_S", 1.0, validate=validate.Range(0, 1)),
        public_cache_s=env.float("PUBLIC_CACHE_S", 60.0, validate=validate.Range(0, 3600)),
        rates=_rates(env),
        proxy_hops=env.int("PROXY_HOPS", 0, validate=validate.Range(0, 5)),
    )
    seal(env)
    return settings


def _rates(env: Env) -> Rates:
    """``MALL_RATE_LIMITS=read.caller=600,…`` says single ones, a minute; ``MALL_RATE_LIMIT_SHARE`` is a factor for all:
    a quarter where four replicas share the requests evenly."""
    known = validate.ContainsOnly(USUAL_RATES)
    chosen: Mapping[str, int] | None = env.dict(
        "RATE_LIMITS", {}, subcast_values=int, validate=lambda rates: known(list(rates))
    )
    share = env.float("RATE_LIMIT_SHARE", 1.0, validate=validate.Range(min=0, min_inclusive=False))
    return rates_of(chosen or {}, share or 1.0)
