"""A pytest plugin (``-p tests.mutants.watch``) for a suite that is to find a fault: notes where it failed, one JSON a
line into ``--seen``, and ends with the first test that failed itself. What cannot be set up or collected finds nothing,
so it goes on from there.
"""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import orjson
import pytest

SEEN = "--seen"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(SEEN, type=Path, required=True, help="where to note what failed")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, Any, Any]:
    report = yield
    if report.failed:
        _note(collector.config, "collect", report.nodeid)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    report = yield
    if report.failed:
        _note(item.config, report.when, report.nodeid)
        if report.when == "call":
            item.session.shouldfail = "the fault was found"
    return report


def _note(config: pytest.Config, when: str, test: str) -> None:
    with config.getoption(SEEN).open("ab") as file:
        file.write(orjson.dumps({"when": when, "test": test}) + b"\n")
