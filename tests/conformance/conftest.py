"""A mall of its own: what is played with here is no place for anybody else's story."""

import os
from collections.abc import Iterator

import pytest

from tests.conformance.doors import Doors, open_doors
from tests.conformance.player import Played, play
from tests.journeys.at_hand import settings_of
from tests.support.mall import Mall, running_mall, wait_until

SEED = 20261123


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("conformance")
    group.addoption("--whole-api", action="store_true", help="every case of every operation: minutes, not one")
    group.addoption(
        "--api-seed", type=int, default=SEED, help="decides what is sent, and which operations get all cases"
    )


@pytest.fixture(scope="session")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mall]:
    with running_mall(tmp_path_factory.mktemp("mall")) as running, pytest.MonkeyPatch.context() as patch:
        wait_until(running.is_ready, 60)
        for name, value in settings_of(running).items():
            patch.setenv(name, value)
        yield running


@pytest.fixture(scope="session")
def doors(mall: Mall) -> Doors:
    return open_doors(mall, os.environ["MALL_PUBLIC_URL"])


@pytest.fixture(scope="session")
def played(doors: Doors, pytestconfig: pytest.Config) -> Played:
    return play(doors, pytestconfig.getoption("--api-seed"), pytestconfig.getoption("--whole-api"))
