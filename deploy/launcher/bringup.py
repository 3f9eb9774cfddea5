"""The steps from nothing to a mall that answers."""

import time
from dataclasses import dataclass, field

from deploy.launcher import records
from deploy.launcher.backing import Backing, Wish, choose_backing
from deploy.launcher.data_steps import make_keys, migrate, preparing_broker, seed
from deploy.launcher.environment import GATEWAY_PORT, mall_settings, write_settings
from deploy.launcher.failure import Failure
from deploy.launcher.launch import Launch
from deploy.launcher.log_files import rotate
from deploy.launcher.logins import login_addresses, secret_of, services_with_roles
from deploy.launcher.ports import Ports
from deploy.launcher.program import STORE
from deploy.launcher.python_env import ensure_venv
from deploy.launcher.roster import THE_MALL, Cast
from deploy.launcher.secrets_file import ensure_secrets
from deploy.launcher.supervisor import Supervisor

GROUND_LIMIT = 90.0
SERVICES_LIMIT = 120.0


@dataclass
class Mall:
    """A mall on its way up, running, or on its way down."""

    launch: Launch
    supervisor: Supervisor
    ports: Ports
    backing: Backing = field(default_factory=Backing)
    settings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, launch: Launch) -> "Mall":
        return cls(launch, Supervisor(launch), Ports(launch.layout.home / "ports.json"))

    def stop(self) -> None:
        console, began = self.launch.console, time.monotonic()
        self.launch.interrupts.ignore()
        if self.supervisor.children:
            killed = self.supervisor.stop()
            self.launch.layout.env_file.unlink(missing_ok=True)
            if killed:
                console.note("had.to.kill", names=", ".join(killed))
            console.done("stopped", time.monotonic() - began, folder=self.launch.layout.home)


def bring_up(mall: Mall, wish: Wish, *, http_port: int | None = None, cast: Cast = THE_MALL) -> None:
    launch, supervisor = mall.launch, mall.supervisor
    prepare(launch)
    began = lay_ground(mall, wish, http_port)
    make_keys(launch, cast.keys, mall.settings)
    supervisor.add(cast.partners(launch.layout, mall.ports, mall.settings))
    with preparing_broker(launch, cast.topology, mall.settings):
        migrate_while_broker_starts(mall, cast)
        supervisor.wait_ready(GROUND_LIMIT)
        for key, values in mall.backing.told:
            launch.console.done(key, time.monotonic() - began, **values)
    programs = cast.services(launch.layout, mall.ports, mall.settings)
    mall.ports.remember()
    with launch.console.timed("services.ready", names=" ".join(program.name for program in programs)):
        supervisor.add(programs)
        supervisor.wait_ready(SERVICES_LIMIT)
    write_settings(launch.layout, mall.settings)
    seed(launch, cast.seed, mall.backing, mall.settings)
    supervisor.settle()


def prepare(launch: Launch) -> None:
    rotate(launch.layout.log)
    ensure_venv(launch)
    ensure_secrets(launch.layout.secrets, map(secret_of, services_with_roles(launch.layout.root)))


def lay_ground(mall: Mall, wish: Wish, http_port: int | None = None) -> float:
    """Chooses database and broker, starts both at once, fixes the settings everybody gets. Returns when it began."""
    launch, began = mall.launch, time.monotonic()
    choose_backing(launch, wish, mall.ports, mall.backing)
    if http_port is not None:
        mall.ports.remembered["http"] = http_port
    mall.settings = mall_settings(launch.layout, mall.ports, mall.backing.database_url, mall.backing.amqp_url)
    mall.settings |= login_addresses(launch.layout, mall.backing.database_url)
    _heed_port(launch, mall.ports.taken["http"], http_port)
    mall.supervisor.add(mall.backing.programs)
    records.announce_launcher(launch.layout.run, "up", mall.settings["MALL_PUBLIC_URL"])
    return began


def migrate_while_broker_starts(mall: Mall, cast: Cast = THE_MALL) -> None:
    """PostgreSQL answers long before RabbitMQ does: the time in between is enough for the migrations."""
    mall.supervisor.wait_ready(GROUND_LIMIT, stage=STORE)
    migrate(mall.launch, cast.migrate, mall.backing, mall.settings)


def _heed_port(launch: Launch, got: int, asked: int | None) -> None:
    if asked is not None and asked != got:
        raise Failure("port.taken", port=asked)
    if asked is None and got != GATEWAY_PORT:
        launch.console.note("port.other", port=GATEWAY_PORT, other=got)
