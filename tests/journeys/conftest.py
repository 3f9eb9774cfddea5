"""One mall for all journeys of a run."""

from collections.abc import Iterator

import pytest

from tests.support.mall import Mall, running_mall


@pytest.fixture(scope="session")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mall]:
    with running_mall(tmp_path_factory.mktemp("mall")) as running:
        yield running
