"""Every story must leave the ledger in order."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.integration.points.expiry_story import ExpiryLedger
from tests.integration.points.story import Ledger


@pytest.fixture
def ledger(engine: sa.Engine) -> Iterator[Ledger]:
    made = Ledger(engine)
    yield made
    assert made.breaches() == []


@pytest.fixture
def expiry(engine: sa.Engine) -> Iterator[ExpiryLedger]:
    """A ledger in the past: on 20 December 2024."""
    made = ExpiryLedger(engine)
    yield made
    assert made.breaches() == []
