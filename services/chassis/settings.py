"""Settings from the environment: read once at start, complete or not at all."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from environs import Env, EnvValidationError, validate

CONTAINER = "services.chassis.bus.container.SafeContainer"


class SettingsError(Exception):
    """The environment is incomplete or wrong; the text names every variable and what it should be."""


@dataclass(frozen=True)
class Settings:
    """What every process needs. ``extra`` holds what the service's own settings module read beside it."""

    service: str
    environment: str
    amqp_url: str
    database_url: str
    ops_port: int
    http_host: str
    http_port: int
    max_workers: int
    rpc_timeout_s: float
    worker_limit_s: float
    stop_grace_s: float
    retry_after_s: tuple[int, ...]
    log_level: int
    log_format: str
    public_url: str
    secrets: Mapping[str, str] = field(repr=False)
    database_connections: int = 8  # for all its workers: who calls others meanwhile holds none
    http_head_s: float = 15.0  # from the end of the last answer to the end of the next request's head
    http_body_s: float = 10.0
    http_at_once: int = 256  # requests in this process, being served or waiting for a worker
    http_answer_s: float = 3.0  # who would probably wait longer than that is sent away at once
    http_wait_s: float = 4.0  # for a worker
    http_connections: int = 2000

    def as_nameko_config(self) -> dict[str, Any]:
        return {
            "AMQP_URI": self.amqp_url,
            "HEARTBEAT": 15,
            "max_workers": self.max_workers,
            "SERVICE_CONTAINER_CLS": CONTAINER,
            "settings": self,
        }

    def secret(self, name: str) -> str:
        try:
            return self.secrets[name]
        except KeyError:
            raise SettingsError(f"secret {name!r} is missing in the file that MALL_SECRETS_FILE names") from None


def read_settings(service: str, uses_database: bool = True, default_workers: int = 16) -> Settings:
    """Settings of one process; raises SettingsError listing every missing or wrong variable at once."""
    env = environment_reader()
    settings: dict[str, Any] = {
        "environment": env.str("ENV", "development", validate=validate.OneOf(["development", "production"])),
        "amqp_url": env.str("AMQP_URL"),
        "database_url": _database_url(env, service) if uses_database else "",
        "ops_port": env.int("OPS_PORT", 0),
        "http_host": env.str("HTTP_HOST", "127.0.0.1"),
        "http_port": env.int("HTTP_PORT", 8000),
        "http_head_s": env.float("HTTP_HEAD_S", 15.0),
        "http_body_s": env.float("HTTP_BODY_S", 10.0),
        "http_at_once": env.int("HTTP_AT_ONCE", 256, validate=validate.Range(min=1)),
        "http_answer_s": env.float("HTTP_ANSWER_S", 3.0, validate=validate.Range(min=0, min_inclusive=False)),
        "http_wait_s": env.float("HTTP_WAIT_S", 4.0),
        "http_connections": env.int("HTTP_CONNECTIONS", 2000, validate=validate.Range(min=1)),
        "max_workers": env.int("MAX_WORKERS", default_workers, validate=validate.Range(1, 200)),
        "database_connections": env.int("DATABASE_CONNECTIONS", 8, validate=validate.Range(1, 200)),
        "rpc_timeout_s": env.float("RPC_TIMEOUT_S", 10.0),
        "worker_limit_s": env.float("WORKER_LIMIT_S", 30.0),
        "stop_grace_s": env.float("STOP_GRACE_S", 10.0),
        "retry_after_s": retry_ladder(env),
        "log_level": env.log_level("LOG_LEVEL", logging.INFO),
        "log_format": env.str("LOG_FORMAT", "json", validate=validate.OneOf(["json", "text"])),
        "public_url": env.str("PUBLIC_URL", "http://127.0.0.1:8000"),
        "secrets": _secrets(env.str("SECRETS_FILE", "")),
    }
    seal(env)
    return Settings(service=service, **settings)


def read_database_url(service: str) -> str:
    """For programs that need nothing but the service's database; raises SettingsError."""
    env = environment_reader()
    url = _database_url(env, service)
    seal(env)
    return url


def retry_ladder(env: Env) -> tuple[int, ...]:
    """Seconds before each further attempt at an event; the topology step and the services must agree."""
    return tuple(env.list("RETRY_AFTER_S", [10, 60, 600], subcast=int))


def environment_reader() -> Env:
    """A reader of MALL_… variables that collects problems until ``seal``."""
    return Env(eager=False, prefix="MALL_")


def seal(env: Env) -> None:
    try:
        env.seal()
    except EnvValidationError as problem:
        messages = dict(problem.error_messages)  # type: ignore[arg-type]
        listed = "; ".join(f"{name}: {', '.join(texts)}" for name, texts in messages.items())
        raise SettingsError(f"the environment is not complete: {listed}") from None


def database_url_of(base: str | None, service: str) -> str:
    """``postgresql://host/mall`` and ``points`` -> ``postgresql://host/mall_points``: one database a service."""
    if not base:
        return ""
    parts = urlsplit(base)
    return urlunsplit(parts._replace(path=f"{parts.path or '/mall'}_{service}"))


def _database_url(env: Env, service: str) -> str:
    own = env.str(f"DATABASE_URL_{service.upper()}", "")
    return own or database_url_of(env.str("DATABASE_URL"), service)


def _secrets(path: str) -> dict[str, str]:
    return json.loads(Path(path).read_text()) if path else {}
