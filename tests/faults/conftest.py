"""One mall for all parts of the suite, with what it sells and whom it sells to."""

import json
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from tests.faults.ordeal import Stage
from tests.faults.parts import Parts
from tests.faults.report import summary
from tests.faults.rest import Books
from tests.faults.supplies import lay_in
from tests.journeys.at_hand import key_of_staff
from tests.support.mall import running_mall

PLAYED = pytest.StashKey[Stage]()
BUYERS = 12
SHORT_WAITS = {"MALL_RETRY_AFTER_S": "1,2,5,10,20,30,60", "MALL_SANDBOX_PACE_S": "0.2"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=20261122, help="decides what happens when")
    parser.addoption("--minutes", type=float, default=4.0, help="how long the troubles of the whole suite last")


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--seed"))


@pytest.fixture(scope="session")
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, seed: int) -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in SHORT_WAITS.items():
            environment.setenv(name, value)
        home = tmp_path_factory.mktemp("faults")
        with running_mall(home, ("-m", "tests.faults.rig")) as mall:
            for name, value in json.loads((home / "env.json").read_text()).items():
                environment.setenv(name, value)
            books = Books(os.environ["MALL_DATABASE_URL"])
            supplies = lay_in(os.environ["MALL_PUBLIC_URL"], BUYERS, random.Random(seed))
            staff_key = key_of_staff(mall, "zhao", "ops")
            stage = Stage(Parts(home), supplies, books, os.environ["MALL_AMQP_URL"], staff_key)
            request.config.stash[PLAYED] = stage
            yield stage
            books.close()


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Says something to whoever watches, also when the test passes: the figures are half of what the run is for."""

    def say(words: str) -> None:
        with capsys.disabled():
            print(f"\n{words}", flush=True)

    return say


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The figures of all parts together, green or red."""
    stage = config.stash.get(PLAYED, None)
    if stage:
        reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
        seconds = Counter[str]()
        for report in reports:
            seconds[report.nodeid.rpartition("::")[2]] += report.duration
        terminalreporter.write_line(
            summary(config.getoption("--seed"), stage.history, stage.logs, stage.deaths, seconds)
        )


def pytest_exception_interact(report: pytest.CollectReport | pytest.TestReport) -> None:
    """At once, and not when everything is over: whoever watches may want to look at the mall as it is."""
    if isinstance(report, pytest.TestReport):
        sys.__stderr__.write(f"\n{report.nodeid}:\n{report.longreprtext}\n")
