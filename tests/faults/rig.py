"""``python -m tests.faults.rig``: brings the suite's mall up in MALL_HOME, and starts again whatever dies in it."""

import sys
import time

from deploy.launcher import language
from deploy.launcher.backing import Wish
from deploy.launcher.backoff import Backoff
from deploy.launcher.bringup import Mall, bring_up
from deploy.launcher.console import explain
from deploy.launcher.failure import Failure
from deploy.launcher.interrupts import Interrupted
from deploy.launcher.launch import Launch
from deploy.launcher.layout import Layout
from deploy.launcher.ports import Ports
from deploy.launcher.ready_block import show_addresses
from deploy.launcher.supervisor import Supervisor
from tests.faults.cast import the_cast

MOST_DEATHS = 10_000
"""Here a process that dies all the time is no broken set-up: it is killed."""


class StartedAgainSoon(Backoff):
    """What was killed is back at once, as an orchestrator would have it, however often it was killed before."""

    def after(self, lived: float) -> float | None:
        return min(super().after(lived) or 0.0, 1.0)


def main() -> int:
    language.speak("en")
    launch = Launch(Layout.here())
    launch.interrupts.install()
    launch.layout.make()
    mall = Mall(launch, Supervisor(launch), Ports(launch.layout.home / "ports.json", usual=False))
    began = time.monotonic()
    try:
        bring_up(mall, Wish(), cast=the_cast())
        for child in mall.supervisor.children:
            child.backoff = StartedAgainSoon(MOST_DEATHS)
        show_addresses(launch, mall.settings, time.monotonic() - began, None)
        while True:
            mall.supervisor.tick()
    except Interrupted:
        return 0
    except Failure as failure:
        explain(failure)
        return failure.code
    finally:
        mall.stop()


if __name__ == "__main__":
    sys.exit(main())
