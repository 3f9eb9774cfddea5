"""A fresh gateway for every test, and a clock for those that count seconds."""

import pytest

from tests.unit.gateway.edge import Edge, HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def edge() -> Edge:
    return Edge()
