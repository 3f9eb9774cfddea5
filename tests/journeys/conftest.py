"""One mall for all journeys of a run, and the members who go there."""

import random
from collections.abc import Iterator

import pytest

from deploy.demo.hero import Hero
from deploy.demo.shop import Shop
from deploy.seed.subscribers import demo_subscribers
from tests.journeys.at_hand import pay_bills, settings_of, signed_in
from tests.support.mall import Mall, running_mall, wait_until


@pytest.fixture(scope="session")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mall]:
    with running_mall(tmp_path_factory.mktemp("mall")) as running:
        yield running


@pytest.fixture
def open_mall(mall: Mall, monkeypatch: pytest.MonkeyPatch) -> Mall:
    """Every part of it is ready, whatever a journey before did to it; the environment names it."""
    wait_until(mall.is_ready, 60)
    for name, value in settings_of(mall).items():
        monkeypatch.setenv(name, value)
    return mall


@pytest.fixture
def member(open_mall: Mall) -> Hero:
    """Signed in."""
    return signed_in()


@pytest.fixture
def buyer(open_mall: Mall) -> Hero:
    """Signed in, with points of a bill run."""
    pay_bills(open_mall)
    return signed_in()


@pytest.fixture
def shop(open_mall: Mall) -> Shop:
    """The mall as anyone of the members sees it, signed in, with points of a bill run."""
    pay_bills(open_mall)
    people = demo_subscribers()
    random.shuffle(people)
    return signed_in(people).shop
