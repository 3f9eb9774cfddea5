"""``--seed N`` replays one schedule and tells what happened in it; ``--schedules`` and ``--first-seed`` run others."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from tests.simulation.ground import Ground, laid_ground

SCHEDULES, AT_ONCE = 2_000, 50
SEED = "simulated_seed"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("simulation")
    with suppress(ValueError):  # the fault suite has one, too, and was asked for together with this
        group.addoption("--seed", dest=SEED, type=int, help="replay the schedule of this seed")
    group.addoption("--schedules", type=int, default=SCHEDULES, help="how many schedules are run")
    group.addoption("--first-seed", type=int, default=0, help="the seed of the first of them")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """What is replayed is to be read, so it is told in one process."""
    return 0 if seed_to_replay(config) is not None else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seeds" in metafunc.fixturenames:
        seed, option = seed_to_replay(metafunc.config), metafunc.config.getoption
        first, many = (seed, 1) if seed is not None else (option("--first-seed", 0), option("--schedules", SCHEDULES))
        ranges = [range(at, min(at + AT_ONCE, first + many)) for at in range(first, first + many, AT_ONCE)]
        metafunc.parametrize("seeds", ranges, ids=[f"{each.start}-{each.stop - 1}" for each in ranges])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if seed_to_replay(config) is not None:
        items[:] = [item for item in items if "seeds" in getattr(item, "fixturenames", ())]


def seed_to_replay(config: pytest.Config) -> int | None:
    """Where this folder is only a part of what is run, there are no such options."""
    return config.getoption(SEED, None)


class Grounds:
    """The ground that schedules share, until one of them leaves it in disorder."""

    def __init__(self) -> None:
        self._stack, self._ground = ExitStack(), None

    def shared(self) -> Ground:
        if self._ground is None:
            self._ground = self._stack.enter_context(laid_ground())
        return self._ground

    def fresh(self) -> Ground:
        self.close()
        return self.shared()

    def close(self) -> None:
        self._stack.close()
        self._ground = None


@pytest.fixture(scope="session")
def is_replay(request: pytest.FixtureRequest) -> bool:
    return seed_to_replay(request.config) is not None


@pytest.fixture(scope="session")
def grounds() -> Iterator[Grounds]:
    made = Grounds()
    yield made
    made.close()
