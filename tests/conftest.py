"""For every test: databases made for this run are dropped at its end; how fast the machine is decides nothing."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from services.chassis.testkit.databases import drop_templates

# What hypothesis would take here or in CI, but for its clock: a machine that is busy with something else is no fault.
settings.register_profile(
    "whatever_the_machine", settings.get_profile(settings.get_current_profile_name()), deadline=None
)
settings.load_profile("whatever_the_machine")


@pytest.fixture(scope="session", autouse=True)
def _templates_end_with_the_session() -> Iterator[None]:
    yield
    drop_templates()
