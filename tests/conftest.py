"""For every test: databases made for this run are dropped at its end; how fast the machine is decides nothing; what is
logged has plain tracebacks; what was imported for the tests is never looked through for garbage.

Modules with tests that ask for more time than others begin first: one that began last would keep one process busy while
the others have nothing left to do. Modules that share one queue of the broker run one after the other, in one process.
"""

import gc
from collections import defaultdict
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from services.chassis.testkit.databases import drop_templates

# A third of the time that collecting takes, the collector of garbage would look for some among what is only imported.
gc.disable()

ONE_STAND_IN = "tests/integration/gateway"  # its modules have a service of one name behind their gateways

# What hypothesis would take here or in CI, but for its clock: a machine that is busy with something else is no fault.
settings.register_profile(
    "whatever_the_machine", settings.get_profile(settings.get_current_profile_name()), deadline=None
)
settings.load_profile("whatever_the_machine")

# With rich at hand structlog draws each exception in frames, with the values of all variables: a second's work, and
# races provoke exceptions by the hundred.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest.fixture(scope="session", autouse=True)
def _templates_end_with_the_session() -> Iterator[None]:
    yield
    drop_templates()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest: defaultdict[str, float] = defaultdict(float)
    for item in items:
        asked = item.get_closest_marker("timeout")
        longest[_module_of(item)] = max(longest[_module_of(item)], asked.args[0] if asked else 0)
    items.sort(key=lambda item: longest[_module_of(item)], reverse=True)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


class ByModule(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return ONE_STAND_IN if nodeid.startswith(ONE_STAND_IN) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    return ByModule(config, log) if config.getvalue("dist") == "loadfile" else None


def _module_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
