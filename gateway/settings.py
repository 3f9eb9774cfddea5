"""The gateway's own settings."""

from dataclasses import dataclass

from services.chassis.settings import environment_reader, seal


@dataclass(frozen=True)
class GatewaySettings:
    """``public_url`` is where clients, partners and payment providers reach the mall."""

    public_url: str
    request_deadline_s: float
    session_cache_s: float


def read_gateway_settings() -> GatewaySettings:
    env = environment_reader()
    settings = GatewaySettings(
        public_url=env.str("PUBLIC_URL", "http://127.0.0.1:8000"),
        request_deadline_s=env.float("REQUEST_DEADLINE_S", 9.0),
        session_cache_s=env.float("SESSION_CACHE_S", 1.0),
    )
    seal(env)
    return settings
