"""One mall for all journeys of a run."""

import json
from collections.abc import Iterator

import pytest

from deploy.demo.bill_run import play_bill_run
from deploy.demo.hero import Hero
from deploy.demo.shop import Shop
from deploy.demo.teller import Teller
from deploy.seed.subscribers import demo_subscribers
from tests.support.mall import Mall, running_mall


@pytest.fixture(scope="session")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mall]:
    with running_mall(tmp_path_factory.mktemp("mall")) as running:
        yield running


@pytest.fixture
def buyer(mall: Mall, monkeypatch: pytest.MonkeyPatch) -> Hero:
    """Signed in, with points of a bill run."""
    environment = json.loads((mall.home / "env.json").read_text())
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    teller = Teller("en", True, False)
    play_bill_run(teller, mall.home / "demo")
    hero = Hero(demo_subscribers(), Shop(environment["MALL_PUBLIC_URL"], "en"))
    hero.sign_in(teller)
    return hero
