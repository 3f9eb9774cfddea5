"""Who is in the mall: the simulated partners, the six services and the gateway, each a process of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from deploy.launcher.environment import child_environment
from deploy.launcher.layout import Layout
from deploy.launcher.logins import only_own_address
from deploy.launcher.ports import HOST, Ports
from deploy.launcher.probes import http_ok
from deploy.launcher.program import EDGE, SANDBOX, SERVICE, Program

SERVICES = ("members", "points", "catalog", "orders", "logistics", "notifications")
SANDBOXES = {
    "smsc": "MALL_SMSC_CONTROL_URL",
    "mailbox": "MALL_MAILBOX_CONTROL_URL",
    "carrier": "MALL_CARRIER_URL",
    "topup": "MALL_TOPUP_URL",
    "alipay": "MALL_ALIPAY_URL",
    "unionpay": "MALL_UNIONPAY_URL",
    "wechatpay": "MALL_WECHATPAY_URL",
}
FIRST_OPS_PORT = 18101

Roster = Callable[[Layout, Ports, Mapping[str, str]], list[Program]]
Step = tuple[str, ...]
"""Arguments for Python: a program that runs to its end."""


def sandbox_programs(layout: Layout, _ports: Ports, settings: Mapping[str, str]) -> list[Program]:
    env = child_environment(settings)
    programs = []
    for name, setting in SANDBOXES.items():
        health = f"{settings[setting]}/healthz"
        programs.append(
            Program(
                name=name,
                command=(str(layout.python), "-m", f"deploy.sandbox.{name}"),
                ready=partial(http_ok, health),
                ready_url=health,
                stage=SANDBOX,
                env=env,
                cwd=layout.root,
                address=settings[setting],
                patience=3.0,
            )
        )
    return programs


def service_programs(layout: Layout, ports: Ports, settings: Mapping[str, str]) -> list[Program]:
    modules = [*(f"services.{name}" for name in SERVICES), "gateway"]
    return [nameko_process(layout, ports, settings, module, rank) for rank, module in enumerate(modules)]


def nameko_process(
    layout: Layout, ports: Ports, settings: Mapping[str, str], module: str, rank: int, replica: int = 1
) -> Program:
    """A second replica is called ``points-2``; replicas of the gateway share its port, and the system deals out the
    connections."""
    service = module.rpartition(".")[2]
    name = service if replica == 1 else f"{service}-{replica}"
    port = ports.book(f"ops-{name}", FIRST_OPS_PORT + rank)
    ready_url = f"http://{HOST}:{port}/readyz"
    return Program(
        name=name,
        command=(str(layout.python), "-m", "services.chassis.run", module),
        ready=partial(http_ok, ready_url),
        ready_url=ready_url,
        stage=EDGE if service == "gateway" else SERVICE,
        env=only_own_address(
            child_environment(settings, MALL_OPS_PORT=str(port)), service if service in SERVICES else None
        ),
        cwd=layout.root,
        address=settings["MALL_PUBLIC_URL"] if service == "gateway" else f"http://{HOST}:{port}",
    )


@dataclass(frozen=True)
class Cast:
    """Everything of the mall that the launcher starts. Its own tests put small stand-ins here."""

    partners: Roster = sandbox_programs
    services: Roster = service_programs
    keys: Step = ("-m", "deploy.sandbox.keys")
    migrate: Step = ("-m", "services.chassis.migrate")
    topology: Step = ("-m", "services.chassis.topology", "--wait", "600")  # the launcher gives up sooner
    seed: Step = ("-m", "deploy.seed")


THE_MALL = Cast()
