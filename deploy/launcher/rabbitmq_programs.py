"""Finding a RabbitMQ to run: the installed one, or Debian's packages unpacked under `.mall/`."""

from dataclasses import dataclass
from pathlib import Path

from deploy.launcher.debian import has_apt, unpack_packages
from deploy.launcher.failure import Failure
from deploy.launcher.launch import Launch

ERLANG_PARTS = (
    "asn1 base crypto eldap ftp inets mnesia os-mon parsetools public-key runtime-tools snmp ssl syntax-tools tftp "
    "tools xmerl"
)
PACKAGES = ["rabbitmq-server", "libsctp1", *(f"erlang-{part}" for part in ERLANG_PARTS.split())]


@dataclass(frozen=True)
class RabbitPrograms:
    home: Path
    """…/rabbitmq_server-3.x"""
    erlang: Path
    erts: Path
    origin: str

    @property
    def version(self) -> str:
        return self.home.name.rpartition("-")[2]


def find_rabbitmq(tree: Path, origin: str) -> RabbitPrograms | None:
    homes = sorted(tree.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*"))
    runtimes = sorted(tree.glob("usr/lib/erlang/erts-*"))
    if not homes or not runtimes:
        return None
    return RabbitPrograms(homes[-1], tree / "usr/lib/erlang", runtimes[-1], origin)


def obtain_rabbitmq(launch: Launch) -> RabbitPrograms:
    unpacked = launch.layout.downloads / "rabbitmq"
    found = find_rabbitmq(Path("/"), "installed") or find_rabbitmq(unpacked, "unpacked")
    if found:
        return found
    if not has_apt():
        raise Failure("no.rabbitmq")
    with launch.console.timed("rabbitmq.unpacked"):
        fetched = unpack_packages(launch, PACKAGES, unpacked)
    found = find_rabbitmq(unpacked, "unpacked") if fetched else None
    if not found:
        raise Failure("rabbitmq.download", log=launch.layout.setup_log)
    return found
