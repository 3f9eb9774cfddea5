"""A fresh gateway for every test."""

import pytest

from tests.unit.gateway.edge import Edge


@pytest.fixture
def edge() -> Edge:
    return Edge()
