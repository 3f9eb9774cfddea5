"""What the mall stands on: a PostgreSQL and a RabbitMQ, private ones or servers that were there already."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit, urlunsplit

from deploy.launcher.databases import Databases
from deploy.launcher.failure import Failure
from deploy.launcher.language import text
from deploy.launcher.launch import Launch
from deploy.launcher.ports import HOST, Ports
from deploy.launcher.postgres import LASTING, OWNER, PASSING, postgres_program
from deploy.launcher.postgres_programs import find_postgres
from deploy.launcher.probes import amqp_answers, postgres_answers
from deploy.launcher.program import Program
from deploy.launcher.rabbitmq_node import node_password, rabbitmq_node
from deploy.launcher.rabbitmq_programs import obtain_rabbitmq
from deploy.launcher.rabbitmq_vhost import VirtualHost

SYSTEM_POSTGRES = "postgresql://postgres@127.0.0.1:5432"
PATIENCE_WITH_OTHERS = 5.0
"""Seconds: a server of others is asked once, and may be busy."""
SYSTEM_RABBITMQ = "amqp://guest:guest@127.0.0.1:5672"


@dataclass(frozen=True)
class Wish:
    """What the command wants to stand on."""

    name: str = "mall"
    """Base name of the databases and, on a broker of others, of the virtual host."""
    system: bool = False
    temporary: bool = False
    """On a server of others: under a name of its own, dropped at the end."""
    passing: bool = False
    """For tests: speed before durability."""
    with_console: bool = False
    with_broker: bool = True


@dataclass
class Backing:
    database_url: str = ""
    amqp_url: str = ""
    programs: list[Program] = field(default_factory=list)
    own_databases: bool = True
    """False: the databases live on a server of others and must be dropped one by one."""
    vhost: VirtualHost | None = None
    told: list[tuple[str, dict[str, str]]] = field(default_factory=list)


def choose_backing(
    launch: Launch, wish: Wish, ports: Ports, backing: Backing, env: Mapping[str, str] = os.environ
) -> None:
    """Fills in `backing` step by step, so that a failure half-way leaves known what must be dropped again.

    The broker's programs come first: it takes seconds to start, PostgreSQL a fraction of one.
    """
    if wish.with_broker:
        _choose_broker(launch, wish, ports, env, backing)
    _choose_database(launch, wish, ports, env, backing)


def unique_name(kind: str) -> str:
    return f"mall_{kind}_{os.getpid()}_{secrets.token_hex(3)}"


def _address(setting: str, given: str, scheme: str, example: str) -> SplitResult:
    try:
        parts = urlsplit(given)
        if parts.scheme == scheme and parts.hostname and parts.port != 0:
            return parts
    except ValueError:  # a port that is no number
        pass
    raise Failure("address.malformed", setting=setting, example=example)


def _choose_broker(launch: Launch, wish: Wish, ports: Ports, env: Mapping[str, str], backing: Backing) -> None:
    given = env.get("MALL_AMQP_URL") or (SYSTEM_RABBITMQ if wish.system else "")
    if not given:
        programs = obtain_rabbitmq(launch)
        patience = 0.1 if wish.passing else 2.0
        backing.programs += rabbitmq_node(launch, programs, ports, with_console=wish.with_console, patience=patience)
        backing.amqp_url = f"amqp://mall:{node_password(launch.layout.home / 'mq')}@{HOST}:{ports.taken['amqp']}/mall"
        address = backing.programs[-1].address
        backing.told.append(("rabbitmq.private", {"version": programs.version, "address": address}))
        return
    parts = _address("MALL_AMQP_URL", given, "amqp", "amqp://user:password@host:5672/vhost")
    place = f"{parts.hostname}:{parts.port or 5672}"
    if not amqp_answers(parts.hostname or HOST, parts.port or 5672, PATIENCE_WITH_OTHERS):
        raise Failure("broker.silent", place=place)
    backing.amqp_url = given
    if parts.path in ("", "/", "/%2F", "/%2f"):
        backing.vhost = VirtualHost(given, wish.name.replace("_", "-"))
        backing.vhost.create()
        backing.amqp_url = backing.vhost.url
    backing.told.append(("rabbitmq.given", {"place": place, "vhost": urlsplit(backing.amqp_url).path.lstrip("/")}))


def _choose_database(launch: Launch, wish: Wish, ports: Ports, env: Mapping[str, str], backing: Backing) -> None:
    given = env.get("MALL_DATABASE_URL") or (SYSTEM_POSTGRES if wish.system else "")
    if not given:
        programs = find_postgres(launch.layout.venv)
        if not programs:
            raise Failure("no.postgres")
        port = ports.book("pg", 15432)
        backing.programs.append(postgres_program(launch, programs, port, PASSING if wish.passing else LASTING))
        backing.database_url = f"postgresql://{OWNER}@{HOST}:{port}/{wish.name}"
        origin = text(f"origin.{programs.origin}")
        backing.told.append(("postgres.private", {"origin": origin, "address": f"{HOST}:{port}"}))
        return
    parts = _address("MALL_DATABASE_URL", given, "postgresql", "postgresql://user:password@host:5432/mall")
    place = f"{parts.hostname}:{parts.port or 5432}"
    user = parts.username or "postgres"
    if not postgres_answers(parts.hostname or HOST, parts.port or 5432, user, PATIENCE_WITH_OTHERS):
        raise Failure("database.silent", place=place)
    # A test never uses the named database itself, only new ones beside it.
    base = parts.path.lstrip("/")
    backing.database_url = urlunsplit(parts._replace(path="/" + (wish.name if wish.temporary or not base else base)))
    backing.own_databases = False
    backing.told.append(("postgres.given", {"place": place, "base": urlsplit(backing.database_url).path.lstrip("/")}))


def drop_what_was_made(launch: Launch, backing: Backing) -> None:
    """On servers of others nothing of a test run stays. Best effort on each: one refusal must not keep the other."""
    if backing.vhost and not backing.vhost.drop():
        launch.console.trouble("vhost.stays", name=backing.vhost.name)
    if not backing.own_databases:
        try:
            Databases(launch.layout.python, backing.database_url).drop_all()
        except Failure as failure:
            launch.console.trouble("databases.stay", reason=failure.what)
