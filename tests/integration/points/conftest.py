"""Every story must leave the ledger in order."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.integration.points.story import Ledger


@pytest.fixture
def ledger(engine: sa.Engine) -> Iterator[Ledger]:
    made = Ledger(engine)
    yield made
    assert made.breaches() == []
