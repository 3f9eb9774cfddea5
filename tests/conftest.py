"""For every test: databases made for this run are dropped at its end."""

from collections.abc import Iterator

import pytest

from services.chassis.testkit.databases import drop_templates


@pytest.fixture(scope="session", autouse=True)
def _templates_end_with_the_session() -> Iterator[None]:
    yield
    drop_templates()
